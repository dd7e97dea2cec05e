# SPDX-License-Identifier: GPL-2.0-or-later
#
# Turns flags.table, structures.table and syscalls.table (in this order) into C, for whoever defines
# the macros:
#
#   SYSCALL(number, name, other, result, n, ARG(name, kind, out, param) ...)
#   FLAG_TABLE(id, unknown, first, n)     FLAG(name, value, mask)
#   KIND(id)
#   STRUCTURE(id, size, first, n)         MEMBER(offset, bytes, kind, param, optional)
#   ROW(n, ARG(name, kind, out, param) ...)   of every call, then of the cases of calls
#   SYSCALL_ROW(number, row, first, n, names) a call's own row, its cases, the names of results:
#   CASE(argument, mask, value, row, is_cut)  is_cut: the row is the call's own, but shorter
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

function add_flags(from,    i, j, n, at, name, alias, value, mask) {
	for (i = from; i <= NF; i++) {
		at = index($i, "=")
		if (!at)
			fail("no value: " $i)
		value = mask = substr($i, at + 1)
		if (split(value, part, "/") == 2) {
			value = part[1]
			mask = part[2]
		}
		n = split(substr($i, 1, at - 1), alias, "_or_")
		name = alias[1]
		for (j = 1; j <= n; j++) {
			value_of[id[tables], alias[j]] = value
			name = j == 1 ? name : name " or " alias[j]
		}
		flag[flags++] = sprintf("FLAG(\"%s\", %s, %s)", name, value, mask)
		flag_text[flags - 1] = add_text(name)
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
	if (kind ~ /^(e|f|le|lf|fm)$/) {
		if (!(param in table))
			fail("no table: " param)
		param = "TABLE_" param
	}
	if (kind ~ /^sz?$/) {
		if (!(param in structure))
			fail("no structure: " param)
		param = "STRUCTURE_" param
	}
	kinds[kind] = 1
	names_of[name] = kind ~ /^l?[ef]$/ ? substr(param, 7) : kind == "request" ? "ioctl" : ""
	return sprintf("ARG(\"%s\", KIND_%s, %d, %s)", name, kind, out, param)
}

function index_of(name,    i) {
	for (i = 0; i < own_n; i++)
		if (own_name[i] == name)
			return i
	fail("no argument: " name)
}

# A row like the call's own, but for what fields 2 and up say: NAME:KIND, or -NAME, where it ends.
function add_case_row(    i, at, n, changed, text, argument) {
	n = own_n
	for (i = 0; i < own_n; i++)
		argument[i] = own[i]
	for (i = 2; i <= NF; i++) {
		if ($i ~ /^-/) {
			n = index_of(substr($i, 2))
			continue
		}
		at = index_of(substr($i, 1, index($i, ":") - 1))
		argument[at] = add_argument($i)
		changed = 1
	}
	for (i = 0; i < n; i++)
		text = text ", " argument[i]
	case_row[case_rows++] = sprintf("ROW(%d%s)", n, text)
	return !changed
}

# ARGUMENT=VALUE,... ARGUMENT&MASK=VALUE,... or * for all that is left
function add_cases(    at, list, mask, name, table, value, n, i, cut) {
	cut = add_case_row()
	if ($1 == "*") {
		add_case(0, 0, 0, cut)
		return
	}
	at = index($1, "=")
	name = substr($1, 1, at - 1)
	n = split(substr($1, at + 1), list, ",")
	mask = "0xffffffff"
	if (split(name, value, "&") == 2) {
		name = value[1]
		mask = value[2]
	}
	at = index_of(name)
	table = own_table[at]
	for (i = 1; i <= n; i++) {
		if (list[i] !~ /^[0-9]/ && !((table, list[i]) in value_of))
			fail("no value: " list[i])
		add_case(at, mask, list[i] ~ /^[0-9]/ ? list[i] : value_of[table, list[i]], cut)
	}
}

function add_case(at, mask, value, cut) {
	cases[n_cases++] = sprintf("CASE(%d, %s, %s, ", at, mask, value)
	case_cut[n_cases - 1] = cut
	case_at[n_cases - 1] = case_rows - 1
	call_cases[calls - 1]++
}

FNR == 1 { file++; members += 0 }
/^#/ || !NF { next }

file == 1 && /^[^ \t]/ {
	tables++
	id[tables] = $1
	unknown[tables] = $2 == "-" ? "" : $2
	first[tables] = flags + 0
	unknown_text[tables] = add_text(unknown[tables])
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

file == 3 && /^[ \t]/ { add_cases(); next }
file == 3 {
	result = "d"
	arguments = ""
	n = 0
	for (i = 3; i <= NF && $i != "="; i++) {
		own[n] = add_argument($i)
		own_name[n] = substr($i, 1, index($i, ":") - 1)
		own_table[n] = names_of[own_name[n]]
		arguments = arguments ", " own[n]
		n++
	}
	own_n = n
	if ($i == "=")
		result = $(i + 1)
	result_names[calls + 0] = 0
	if (split(result, part, ".") == 2) {
		if (!(part[2] in table))
			fail("no table: " part[2])
		result_names[calls + 0] = (part[1] == "f" ? "RESULT_FLAGS | " : "") "TABLE_" part[2]
		result = "r"
	}
	other = ""
	name = $2
	if (split($2, part, "/") == 2) {
		name = part[1]
		other = part[2]
	}
	call_text[calls + 0] = sprintf("SYSCALL_TEXT(%d, %d, %d)", $1, add_text(name), length(name))
	call_number[calls + 0] = $1
	call_first[calls + 0] = n_cases + 0
	row[calls + 0] = sprintf("ROW(%d%s)", n, arguments)
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
	print "#endif\n#ifdef ROW"
	for (i = 0; i < calls; i++)
		print row[i]
	for (i = 0; i < case_rows; i++)
		print case_row[i]
	print "#endif\n#ifdef SYSCALL_ROW"
	for (i = 0; i < calls; i++)
		printf "SYSCALL_ROW(%d, %d, %d, %d, %s)\n", call_number[i], i, call_first[i],
			call_cases[i], result_names[i]
	print "#endif\n#ifdef CASE"
	for (i = 0; i < n_cases; i++)
		printf "%s%d, %d)\n", cases[i], calls + case_at[i], case_cut[i]
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
