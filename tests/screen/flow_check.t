# A column that the query does not have gives its sentence, and the command fails.
size 132x43
run tests/screen/console clerk1 screens check tests/screen/site --database
wait text tests/screen/site/exceptions.screen
wait text the query exceptions gives no column 'bank'
exit 1
