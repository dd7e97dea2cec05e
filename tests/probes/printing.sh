# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# -p1 prints a script; printing what was printed changes nothing. Over the
# examples and tapsets.
. "$SRCDIR/tests/lib.sh"

# twice NAME FILE
twice() {
	local name=$1 file=$2
	start "$name"
	spile -p1 -g "$file" 1 2 3 4 5
	if [ "$status" = 0 ]; then
		cp "$TEST_TMP/out" "$TEST_TMP/once.stp"
		spile -p1 -g "$TEST_TMP/once.stp"
		want "printing is a fixed point" cmp -s "$TEST_TMP/once.stp" "$TEST_TMP/out"
		cmp -s "$TEST_TMP/once.stp" "$TEST_TMP/out" ||
			failures+=$(diff "$TEST_TMP/once.stp" "$TEST_TMP/out" | head -n 20)$'\n'
	fi
	finish
}

for file in "$SRCDIR"/examples/*.stp "$SRCDIR"/tapsets/*.stp; do
	[ ! -f "$file" ] || twice "p1-$(basename "$file" .stp)" "$file"
done
