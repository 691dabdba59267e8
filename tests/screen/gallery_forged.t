# What the core did not sign is not shown.
size 80x24
run $GALLERY tests/screen/gallery --mono forged R2026112000002
wait text does not hold
expect gallery_forged.80x24.txt
key q
exit 0
