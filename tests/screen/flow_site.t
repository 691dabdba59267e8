# A site's screen file with a fault in it: the built-in one is used and the status line says why, whole until
# a key was pressed.
size 80x24
run tests/screen/console_site clerk1 --screen exceptions
wait text /etc/daybook/screens/exceptions.screen:11:9: there is no
wait text X-2
expect flow_site.80x24.txt
key Down
wait text Esc back
key F3
exit 0
restored
