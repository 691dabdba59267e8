# A request drawn from its document: scrolled, wide, refused; the dialog that asks for a passphrase.
size 80x24
run $GALLERY tests/screen/gallery --mono request R2026112000001
wait text It will post
expect gallery_request.80x24.txt
key PgDn
wait text Balances when it was proposed
expect gallery_request_below.80x24.txt
resize 132x43
wait text It rests on
expect gallery_request.132x43.txt
resize 80x24
wait text More...
key :
type sign
key Enter
wait text Passphrase of the signing key
type geheim
wait text ******
expect gallery_secret.80x24.txt
key Esc
wait text sign: no
key :
type sign
key Enter
wait text Passphrase of the signing key
key Enter
type geheim
key Enter
wait text sign: yes
key q
exit 0
