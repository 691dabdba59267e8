# In the console: Today says that something is to be signed; then the queue, the document, the danger
# dialog, the signature; the core executes it.
size 80x24
run $AS super1
wait text core ●
wait text to sign
key g a
wait text may sign
key Enter
wait text It will post
key Y
wait text Type last four digits of the number
type @NEXT@
key F10
wait text Passphrase of the signing key:
type @SUPER1@
key Enter
wait text is executed.
wait text executed
key Y
wait text It waits for no signature any more.
key X
wait text posted
key :
type quit
key Enter
exit 0
