# SPDX-License-Identifier: GPL-2.0-or-later
#
# Turns flags.table, structures.table and syscalls.table (in this order) into C, for whoever defines
# the macros:
#
#   SYSCALL(number, name, other, result, n, ARG(name, kind, out, param) ...)
#   FLAG_TABLE(id, unknown, first, n)     FLAG(name, value, mask)
#   KIND(id)
#   STRUCTURE(id, size, first, n)         MEMBER(offset, bytes, kind, param, optional)
#
# For those who can't have pointers: TEXT(text) gives all names of calls and flags, each of which
# is followed by a NUL, and SYSCALL_TEXT(number, offset, length), FLAG_TEXT(offset) and
# FLAG_TABLE_TEXT(offset) and MEMBER_TEXT(offset), in the order of the above, say where in it.
#
# Each list stands under an #ifdef of its macro's name, so that one file serves all.

function fail(message) {
	printf "%s:%d: %s\n", FILENAME, FNR, message >"/dev/stderr"
	failed = 1
	exit 1
}

function add_text(text) {
	texts[n_texts++] = text
	text_at += length(text) + 1
	return text_at - length(text) - 1
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
		flag_text[flags - 1] = add_text(substr($i, 1, at - 1))
		count[tables]++
	}
}

function member_bytes(kind) {
	return kind ~ /^(ld|lu|lx|p|path|bit|perfconfig|perfperiod|precise)$/ ? 8 : 4
}

# "name@offset.bytes:kind.param?", or a text of its own behind a quote
function add_member(text,    name, kind, param, offset, bytes, optional, at) {
	if (text ~ /^'/) {
		name = substr(text, 2)
		gsub(/_/, " ", name)
		member[members] = "MEMBER(0, 0, MEMBER_literal, 0, 0)"
		member_text[members++] = add_text(name)
		return
	}
	optional = sub(/\?$/, "", text)
	at = index(text, "@")
	if (!at || !match(text, /:/))
		fail("no place: " text)
	name = substr(text, 1, at - 1)
	kind = substr(text, RSTART + 1)
	offset = substr(text, at + 1, RSTART - at - 1)
	bytes = ""
	if (split(offset, part, ".") == 2) {
		offset = part[1]
		bytes = part[2]
	}
	param = "0"
	if (split(kind, part, ".") == 2) {
		kind = part[1]
		param = part[2]
	}
	if (kind ~ /^[efg]$/) {
		if (!(param in table))
			fail("no table: " param)
		param = "TABLE_" param
	}
	if (bytes == "")
		bytes = member_bytes(kind)
	member[members] = sprintf("MEMBER(%d, %d, MEMBER_%s, %s, %d)", offset, bytes, kind, param,
				  optional)
	member_text[members++] = add_text(name == "" ? "" : name "=")
}

function add_members(from,    i) {
	for (i = from; i <= NF; i++)
		add_member($i)
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
	if (kind == "e" || kind == "f" || kind == "fm") {
		if (!(param in table))
			fail("no table: " param)
		param = "TABLE_" param
	}
	if (kind == "s") {
		if (!(param in structure))
			fail("no structure: " param)
		param = "STRUCTURE_" param
	}
	kinds[kind] = 1
	return sprintf("ARG(\"%s\", KIND_%s, %d, %s)", name, kind, out, param)
}

BEGIN { kinds["winsize"] = 1 } # which only some requests of ioctl() have
FNR == 1 { file++; members += 0 }
/^#/ || !NF { next }

file == 1 && /^[^ \t]/ {
	tables++
	id[tables] = $1
	unknown[tables] = $2
	first[tables] = flags + 0
	unknown_text[tables] = add_text($2)
	table[$1] = tables
	add_flags(3)
	next
}
file == 1 { add_flags(1); next }

file == 2 && /^[^ \t]/ {
	structures++
	structure[$1] = structures
	structure_id[structures] = $1
	structure_size[structures] = $2
	structure_first[structures] = members + 0
	add_members(3)
	next
}
file == 2 { add_members(1); next }

file == 3 {
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
	call_text[calls + 0] = sprintf("SYSCALL_TEXT(%d, %d, %d)", $1, add_text(name), length(name))
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
	print "#endif\n#ifdef STRUCTURE"
	for (i = 1; i <= structures; i++)
		printf "STRUCTURE(%s, %d, %d, %d)\n", structure_id[i], structure_size[i],
			structure_first[i], (i < structures ? structure_first[i + 1] : members) - structure_first[i]
	print "#endif\n#ifdef MEMBER"
	for (i = 0; i < members; i++)
		print member[i]
	print "#endif\n#ifdef SYSCALL"
	for (i = 0; i < calls; i++)
		print call[i]
	print "#endif\n#ifdef TEXT"
	for (i = 0; i < n_texts; i++)
		printf "TEXT(\"%s\")\n", texts[i]
	print "#endif\n#ifdef SYSCALL_TEXT"
	for (i = 0; i < calls; i++)
		print call_text[i]
	print "#endif\n#ifdef FLAG_TEXT"
	for (i = 0; i < flags; i++)
		printf "FLAG_TEXT(%d)\n", flag_text[i]
	print "#endif\n#ifdef MEMBER_TEXT"
	for (i = 0; i < members; i++)
		printf "MEMBER_TEXT(%d)\n", member_text[i]
	print "#endif\n#ifdef FLAG_TABLE_TEXT"
	for (i = 1; i <= tables; i++)
		printf "FLAG_TABLE_TEXT(%d)\n", unknown_text[i]
	print "#endif"
}
