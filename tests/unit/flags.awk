# SPDX-License-Identifier: GPL-2.0-or-later
# From compiler/probes/flags.table: a check of every name that the system's headers define, but for
# those to which the C library gives a meaning of its own.
/^#/ { next }
{
	for (i = /^[^ \t]/ ? 3 : 1; i <= NF; i++) {
		at = index($i, "=")
		name = substr($i, 1, at - 1)
		value = substr($i, at + 1)
		sub(/\/.*/, "", value)
		if (name ~ /^[A-Z_0-9a-z]+$/ && name !~ /^(O_LARGEFILE|__O_TMPFILE|F_[GS]ETLKW?64)$/)
			printf "#ifdef %s\nFLAG(\"%s\", %s, %s)\n#endif\n", name, name, name, value
	}
}
