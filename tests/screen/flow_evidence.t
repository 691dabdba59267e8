# Evidence given in a form: a letter wants its file, whose hash the program makes; a second kind
# leaves the payout waiting for a second person.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key V
wait text › Add evidence
type e3
key Tab Tab
type 银行回函 1181
key F10
wait text name its file
key Tab
type tests/screen/run
key F10
wait text 1 piece of evidence added.
wait text one more
key V
wait text › Add evidence
type e4
key Tab Tab
type The payee says it came.
key F10
wait text approval
expect flow_evidence.80x24.txt
# `g` says where it leads, e among them; a letter that leads nowhere is answered.
key g
wait text e Evidence
key z
wait text g z leads nowhere
key g t
wait text Statement files
key g b
wait text Batches
key g e
wait text approval
key :
type quit
key Enter
exit 0
restored
