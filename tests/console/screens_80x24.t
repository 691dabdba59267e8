# Every screen of the real program on the desk of tests/console/desk, at 80x24.
size 80x24
# the time of day in the title line
mask [0-2][0-9]:[0-5][0-9]$
set LANG C.UTF-8
run tests/console/as clerk1
wait text presumed
wait text Match rate
expect today.80x24.txt
type :exceptions
key Enter
wait text  Exceptions 
wait text rows 1-
expect exceptions.80x24.txt
type :exceptions-mine
key Enter
wait text My exceptions
wait text rows 1-
expect exceptions-mine.80x24.txt
type :exceptions-closed
key Enter
wait text All exceptions
wait text rows 1-
expect exceptions-closed.80x24.txt
type :statement-files
key Enter
wait text  Statement files 
wait text rows 1-
expect statement-files.80x24.txt
type :lines
key Enter
wait text  Lines 
wait text rows 1-
expect lines.80x24.txt
type :payments
key Enter
wait text  Payouts 
wait text rows 1-
expect payments.80x24.txt
type :channels
key Enter
wait text  Channels 
wait text rows 1-4 of 4
expect channels.80x24.txt
type :business-days
key Enter
wait text  Business days 
wait text rows 1-
expect business-days.80x24.txt
type :go exception 3
key Enter
wait text Hugo Costa
wait text raise
expect exception_status.80x24.txt
type :go exception 4
key Enter
wait text 杨娟华
wait text raise
expect exception_amount.80x24.txt
type :go exception 24
key Enter
wait text 孙波桂
expect exception_bank_only.80x24.txt
type :go exception 6
key Enter
wait text 西关兰丽
wait text raise
expect exception_comment.80x24.txt
type :go exception-candidates 24
key Enter
wait text Candidates
expect exception-candidates.80x24.txt
type :go exceptions-of-channel CCB
key Enter
wait text Exceptions of the channel
wait text rows 1-
expect exceptions-of-channel.80x24.txt
type :go exceptions-of-day 2026-03-03
key Enter
wait text Exceptions of the day
wait text rows 1-
expect exceptions-of-day.80x24.txt
type :go exceptions-of-payment 20260302000000094
key Enter
wait text Exceptions of the pay
wait text rows 1-1
expect exceptions-of-payment.80x24.txt
type :go statement-file 3
key Enter
wait text Checks
wait text account known
expect statement-file.80x24.txt
type :go statement-file 15
key Enter
wait text Checks
wait text Statements
expect statement-file_bad.80x24.txt
type :go statements-of-file 11
key Enter
wait text  Statements 
wait text rows 1-
expect statements-of-file.80x24.txt
type :go statement-faults 15
key Enter
wait text  Faults 
wait text rows 1-
expect statement-faults.80x24.txt
type :go lines-of-file 3
key Enter
wait text Lines of the file
wait text rows 1-
expect lines-of-file.80x24.txt
type :go files-of-channel ICBC
key Enter
wait text Files of the channel
wait text rows 1-
expect files-of-channel.80x24.txt
type :go files-of-day 2026-03-03
key Enter
wait text Files of the day
wait text rows 1-
expect files-of-day.80x24.txt
type :go payment 20260302000000094
key Enter
wait text P2026030200094
expect payment.80x24.txt
type :go channel ICBC
key Enter
wait text 工商银行
expect channel.80x24.txt
type :go business-day 2026-03-03
key Enter
wait text Business day
expect business-day.80x24.txt
# help and the command line
key ?
expect help.80x24.txt
key Esc
type :qu
expect palette.80x24.txt
key Esc
type :quit
key Enter
exit 0
restored
