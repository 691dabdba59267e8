# In the console: an exception of one's own, what fits it, the form, the document, a wrong passphrase
# and the right one.
size 80x24
run $AS clerk1 --screen exceptions-mine
wait text core ●
wait text X-@EXCEPTION@
key Enter
wait text What does not agree
key P
wait text into suspense
key Down Down
key Enter
wait text In words
type OTHER
key Tab
type nobody knows whose; 待查
key F10
wait text It will post
wait text Digest
key PgDn
wait text Balances when it was proposed
key Y
wait text Type last four digits of the number
key Esc
wait text Nothing was signed.
wait text Balances when it was proposed
key Y
wait text Type last four digits of the number
type 00x0
key F10
wait text That is not what was asked for
type @NUMBER@
key F10
wait text Passphrase of the signing key:
type wrong
key Enter
wait text 4 tries left
key Esc
wait text Nothing was signed.
wait text Balances when it was proposed
key R
wait text Balances when it was proposed
key Y
wait text Type last four digits of the number
type @NUMBER@
key F10
wait text 4 tries left
key Esc
wait text Nothing was signed.
key Esc
wait text In words
key F10
wait text It will post
key Y
wait text Type last four digits of the number
type @NEXT@
key F10
wait text Passphrase of the signing key
type @CLERK1@
key Enter
wait text is proposed; 1 other person must sign it.
key g y
wait text to be signed
key Enter
wait text It will post
key Y
wait text Your role may not do this
key :
type quit
key Enter
exit 0
