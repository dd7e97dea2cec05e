# SPDX-License-Identifier: GPL-2.0-or-later
# The handler library's IR without the debug information that BTF is not made from, which would be
# more than the code, and cost every script time: where variables are, types and globals that no
# function names, positions in functions that are inlined, and all but one position in others (LLVM
# wants calls to have one). Reads the file twice.
#
# Everything becomes linkonce: only what a script uses is read and linked.

NR == FNR {
	if (/^attributes .*alwaysinline/)
		inlined[$2]
	if (/ = !DILocalVariable\(/ && !/arg:/)
		dropped[$1]
	next
}

/^ *#dbg_/ || /call void @llvm\.dbg\./ || /^@llvm\.(compiler\.)?used = / { next }

/^define / {
	keep = match($0, /!dbg ![0-9]+/) ? substr($0, RSTART + 5, RLENGTH - 5) : ""
	for (i = 1; i <= NF; i++)
		if ($i in inlined)
			keep = ""
	if (keep == "")
		sub(/ !dbg ![0-9]+/, "")
	sub(/^define dso_local /, "define linkonce_odr dso_local ")
	body = 1
	print
	next
}

body && / !dbg / {
	if (/ call / && keep != "")
		sub(/!dbg ![0-9]+/, "!dbg !DILocation(line: 1, scope: " keep ")")
	else
		sub(/, !dbg ![0-9]+/, "")
}

/^}/ { body = 0 }

/^@spile_[a-z_]* = dso_local global/ { sub(/dso_local global/, "linkonce_odr dso_local global") }

/DICompileUnit\(/ { gsub(/, (enums|retainedTypes|globals): ![0-9]+/, "") }

/^@/ && !/section "\.(maps|ksyms)"/ { gsub(/, !dbg ![0-9]+/, "") }

# A list of variables, of which the parameters stay: BTF names them.
/^![0-9]+ = !\{!/ {
	n = split(substr($0, index($0, "{") + 1), list, /[, }]+/)
	kept = ""
	all = 1
	for (i = 1; i <= n; i++)
		if (list[i] in dropped)
			all = 0
		else if (list[i] != "")
			kept = kept (kept == "" ? "" : ", ") list[i]
	if (!all)
		$0 = $1 " = !{" kept "}"
}

{ print }
