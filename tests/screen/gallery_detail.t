# A detail: two sides, sections, a related list, a timeline; paging and the list's own keys.
size 80x24
run $GALLERY tests/screen/gallery --mono exception X-0003
wait text Candidates
expect gallery_detail.80x24.txt
key Enter
wait text You prepared this request; another supervisor must approve it.
key PgDn
wait text History
expect gallery_detail_below.80x24.txt
resize 132x43
wait text By kind
expect gallery_detail.132x43.txt
key y
wait text copied Exception X-0003
key q
exit 0
