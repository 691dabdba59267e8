# The console opens on an object, said as people say it; what is of none, or of one that is not said,
# is refused before anything is shown.
size 80x24
run tests/screen/console clerk1 --screen exception X-8
wait text X-8
wait text History
key :
type exception X-3
key Enter
wait text X-3
key :
type exception
key Enter
wait text 'exception' is of one object: exception exception_id
key :
type exceptions X-3
key Enter
wait text 'exceptions' is of no object
key :
type quit
key Enter
exit 0
restored
run tests/screen/console clerk1 --screen exception
wait text 'exception' is of one object
exit 2
run tests/screen/console clerk1 --screen exception nonsense
wait text there is no exception nonsense
exit 2
