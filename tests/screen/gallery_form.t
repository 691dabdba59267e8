# A form: checks on leaving a field, the code list, an amount, names in Chinese, undo, a paste.
size 80x24
run $GALLERY tests/screen/gallery --mono defer
wait text Waits for
type 2026-13-01
key Tab
wait text This is no date
expect gallery_form_fault.80x24.txt
key Ctrl-U
type +3
key Enter
wait text 2026-11-23
key F4
wait text the merchant
expect gallery_form_codes.80x24.txt
key Down Enter
wait text MERCHANT
key Tab
type 1,234.5
key Tab
type 银行的回单 Zoë
paste a\nb\e[2Jc
wait text Zoëa b·[2Jc
key Ctrl-_
wait gone [2Jc
key F1
wait text Note: What the next person needs to know.
key Esc
wait text What you typed here is lost then
key Enter
wait text What you typed here is lost then
key n
wait gone is lost then
expect gallery_form_full.80x24.txt
key F10
wait text submit defer until=2026-11-23 wait_for=MERCHANT amount=123450 note=银行的回单
key Esc y
exit 0
restored
