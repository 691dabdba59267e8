# A comment in Chinese, through a form with a fault first; it stands in the history afterwards.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text Total of 3 rows
key m
wait text › Comment
key F10
wait text Something must stand here.
type 已向 ICBC 柜台确认 – Zoë
expect flow_comment.80x24.txt
key F10
wait text 1 comment written.
key Enter
wait text History
key PgDn
wait text 已向 ICBC 柜台确认 – Zoë
key F3 F3
exit 0
restored
