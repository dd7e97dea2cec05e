# SPDX-License-Identifier: GPL-2.0-or-later
# From compiler/probes/flags.table: a check of every name that the system's headers define.
/^#/ { next }
{
	for (i = /^[^ \t]/ ? 3 : 1; i <= NF; i++) {
		at = index($i, "=")
		name = substr($i, 1, at - 1)
		value = substr($i, at + 1)
		sub(/\/.*/, "", value)
		if (name ~ /^[A-Z_0-9a-z]+$/ && name != "O_LARGEFILE")
			printf "#ifdef %s\nFLAG(\"%s\", %s, %s)\n#endif\n", name, name, name, value
	}
}
