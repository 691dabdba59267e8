# Any id finds a payout: here an amount; a payee's name, the order and the number do too.
size 80x24
run tests/screen/console clerk1 --screen today
wait text PRESUMED
type :find 12,480.00
key Enter
wait text P2026112300003
expect payouts-found.80x24.txt
resize 132x43
expect payouts-found.132x43.txt
type :find 欧阳
key Enter
wait gone P2026112300001
wait text P2026112300003
type :find SO-88120008
key Enter
wait text P2026112300008
type :find P2026112300010
key Enter
wait text approved
key F3 F3 F3 F3 F3 F3
exit 0
restored
