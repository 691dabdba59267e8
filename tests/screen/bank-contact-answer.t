# What the bank answered.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key :
type contacts-of-channel CMB
key Enter
wait text C-1
key Down A
wait text › The answer
wait text PRESUMED
expect bank-contact-answer.80x24.txt
resize 132x43
expect bank-contact-answer.132x43.txt
key Esc
wait gone › The answer
key F3 F3 F3 F3
exit 0
restored
