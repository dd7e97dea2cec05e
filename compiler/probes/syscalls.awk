# SPDX-License-Identifier: GPL-2.0-or-later
#
# Turns flags.table and syscalls.table (in this order) into C, for whoever defines the macros:
#
#   SYSCALL(number, name, other, result, n, ARG(name, kind, out, param) ...)
#   FLAG_TABLE(id, unknown, first, n)     FLAG(name, value, mask)
#   KIND(id)
#
# Each list stands under an #ifdef of its macro's name, so that one file serves all.

function fail(message) {
	printf "%s:%d: %s\n", FILENAME, FNR, message >"/dev/stderr"
	failed = 1
	exit 1
}

function add_flags(from,    i, at, value, mask) {
	for (i = from; i <= NF; i++) {
		at = index($i, "=")
		if (!at)
			fail("no value: " $i)
		value = mask = substr($i, at + 1)
		if (split(value, part, "/") == 2) {
			value = part[1]
			mask = part[2]
		}
		flag[flags++] = sprintf("FLAG(\"%s\", %s, %s)", substr($i, 1, at - 1), value, mask)
		count[tables]++
	}
}

function add_argument(text,    colon, name, kind, param, out) {
	colon = index(text, ":")
	if (!colon)
		fail("no kind: " text)
	name = substr(text, 1, colon - 1)
	kind = substr(text, colon + 1)
	param = "0"
	if (kind ~ /\./) {
		param = kind
		sub(/^[^.]*\./, "", param)
		sub(/\..*/, "", kind)
	}
	out = sub(/>$/, "", kind)
	if (kind == "e" || kind == "f") {
		if (!(param in table))
			fail("no table: " param)
		param = "TABLE_" param
	}
	kinds[kind] = 1
	return sprintf("ARG(\"%s\", KIND_%s, %d, %s)", name, kind, out, param)
}

FNR == 1 { file++ }
/^#/ || !NF { next }

file == 1 && /^[^ \t]/ {
	tables++
	id[tables] = $1
	unknown[tables] = $2
	first[tables] = flags + 0
	table[$1] = tables
	add_flags(3)
	next
}
file == 1 { add_flags(1); next }

file == 2 {
	result = "d"
	arguments = ""
	n = 0
	for (i = 3; i <= NF && $i != "="; i++) {
		arguments = arguments ", " add_argument($i)
		n++
	}
	if ($i == "=")
		result = $(i + 1)
	other = ""
	name = $2
	if (split($2, part, "/") == 2) {
		name = part[1]
		other = part[2]
	}
	call[calls++] = sprintf("SYSCALL(%d, \"%s\", \"%s\", '%s', %d%s)", $1, name, other, result,
				n, arguments)
}

END {
	if (failed)
		exit 1
	print "/* made by syscalls.awk */"
	print "#ifdef KIND"
	for (kind in kinds)
		printf "KIND(%s)\n", kind | "sort"
	close("sort")
	print "#endif\n#ifdef FLAG_TABLE"
	for (i = 1; i <= tables; i++)
		printf "FLAG_TABLE(%s, \"%s\", %d, %d)\n", id[i], unknown[i], first[i], count[i]
	print "#endif\n#ifdef FLAG"
	for (i = 0; i < flags; i++)
		print flag[i]
	print "#endif\n#ifdef SYSCALL"
	for (i = 0; i < calls; i++)
		print call[i]
	print "#endif"
}
