# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Every alias of the kernel's tapsets loads, with all its variables.
. "$SRCDIR/tests/lib.sh"

for file in "$SRCDIR"/tapsets/linux/*.stp; do
	awk '/^probe [A-Za-z_0-9.]+ = / { name = $2; vars = "" }
		name && match($0, /^\t[A-Za-z_0-9]+ = /) { vars = vars " print(" $1 ")" }
		name && /^}/ { print "probe " name " ? {" vars " }"; name = "" }' "$file" >"$TEST_TMP/every-alias.stp"
	[ -s "$TEST_TMP/every-alias.stp" ] || continue
	echo 'probe begin { }' >>"$TEST_TMP/every-alias.stp" # there may be none here
	start "aliases-of-$(basename "$file" .stp)"
	spile -p4 "$TEST_TMP/every-alias.stp"
	finish
done
