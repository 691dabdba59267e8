# All requests: none yet.
size 80x24
run tests/screen/console clerk1 --screen requests
wait text Nothing was proposed.
expect requests.80x24.txt
resize 132x43
wait text Nothing was proposed.
expect requests.132x43.txt
key q
exit 0
