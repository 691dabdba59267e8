# Pages of three rows: the list is the same, whatever the pages.
size 80x24
run $GALLERY tests/screen/gallery --mono --pages 3 exceptions
wait text rows 1-15 of 123
key PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn
wait text rows 109-123 of 123  Bottom
key PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp
wait text rows 1-15 of 123
key End
wait text X-0123
key Up Up Up
key *
wait text 123 marked
key q
exit 0
