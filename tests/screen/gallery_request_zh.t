# The same in Chinese, and a document that the core did not sign.
size 80x24
run $GALLERY tests/screen/gallery --zh --mono request R2026112000001
wait text R2026112000001
expect gallery_request_zh.80x24.txt
key q
exit 0
