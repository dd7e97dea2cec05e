# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Whatever comes in, there is an error and an end: no crash, no hang, nothing attached.
. "$SRCDIR/tests/lib.sh"

# refused NAME REGEX OPTIONS...: status 1, and stderr says REGEX
refused() {
	start "$1"
	local regex=$2
	shift 2
	SPILE_TIMEOUT=20 spile "$@"
	want_status 1
	want_match "$regex" "$err"
	want_no_match 'Sanitizer|runtime error' "$err"
	finish
}

script=$TEST_TMP/script.stp

: >"$script"
refused an-empty-file '.' "$script"

head -c 100000 /bin/ls >"$script"
refused a-binary-file 'script.stp' "$script"

printf 'probe begin { println("a\0b") exit() }' >"$script"
refused a-script-with-NUL 'script.stp' "$script"

{ printf 'probe begin { x = 1'; head -c 10000000 /dev/zero | tr '\0' '+'; echo ' }'; } >"$script"
refused a-line-of-10-MB 'script.stp' "$script"

{ printf 'probe begin { x = '; head -c 100000 /dev/zero | tr '\0' '('; } >"$script"
refused deep-parentheses 'script.stp' "$script"

{ printf 'probe begin '; head -c 100000 /dev/zero | tr '\0' '{'; } >"$script"
refused deep-blocks 'script.stp' "$script"

{ printf 'probe begin { x = '; head -c 100000 /dev/zero | tr '\0' '-'; echo '1 }'; } >"$script"
refused deep-unary 'script.stp' "$script"

printf '@define a %%( @a @a %%)\nprobe begin { @a }\n' >"$script"
refused a-macro-of-itself 'script.stp' -p1 "$script"

for ((i = 0; i < 60; i++)); do
	printf '@define m%d %%( @m%d @m%d %%)\n' $i $((i + 1)) $((i + 1))
done >"$script"
printf '@define m60 %%( x %%)\nprobe begin { @m0 }\n' >>"$script"
refused macros-that-double 'script.stp' -p1 "$script"

refused a-missing-file 'no-such-file.stp' "$TEST_TMP/no-such-file.stp"
refused a-directory '.' /tmp
refused an-unknown-option 'frobnicate' --frobnicate
refused a-missing-program '/no/such/program' -e 'probe process("/no/such/program").function("f") { }'
refused a-missing-function 'no_such_function' \
	-e 'probe process("libc.so.6").function("no_such_function") { }'
refused a-misspelt-function 'malloc' -e 'probe process("libc.so.6").function("mallox") { }'
refused a-function-of-a-library 'add .library."libsqlite3.so.0' \
	-e 'probe process("sqlite3").function("sqlite3_prepare*") { }'
refused a-missing-tracepoint 'sched_swich' -e 'probe kernel.trace("sched:sched_swich") { }'
refused a-misspelt-tracepoint 'sched_switch' -e 'probe kernel.trace("sched:sched_swich") { }'
refused a-missing-system-call 'openatt' -e 'probe syscall.openatt { }'

head -c 1000 /bin/ls >"$TEST_TMP/truncated"
chmod +x "$TEST_TMP/truncated"
refused a-truncated-program 'truncated' -e "probe process(\"$TEST_TMP/truncated\").function(\"f\") { }"
echo '#!/bin/sh' >"$TEST_TMP/shell-script"
chmod +x "$TEST_TMP/shell-script"
refused a-program-that-is-a-script 'shell-script' \
	-e "probe process(\"$TEST_TMP/shell-script\").function(\"f\") { }"

start lines-that-end-as-on-Windows
printf '\xef\xbb\xbfprobe oneshot {\r\n\tprintln("one",\r\n\t\t" two")\r\n}\r\n' >"$script"
spile "$script"
want_out "one two"
finish

printf 'probe begin {\r\n\tprintln(1 +)\r\n}\r\n' >"$script"
start a-mistake-in-such-a-line
spile "$script"
want_status 1
want_no_match '\?' "$err"
want_match 'script.stp:2:13' "$err"
finish

start a-string-of-1-MB
{ printf 'probe begin { println("'; head -c 1000000 /dev/zero | tr '\0' 'a'; echo '") exit() }'; } >"$script"
SPILE_TIMEOUT=20 spile "$script"
status_checked=1
want "it is cut or refused" [ "$status" -le 1 ]
finish

# Families of probes that there are not: each says why.
for point in 'nfs.fop.sendfile' 'nfsd.close' 'netfilter.bridge.forward' 'netfilter.arp.forward' \
	'ipmib.InDiscards' 'ioscheduler_trace.unplug_timer' 'stap.pass0' 'staprun.insert_module' \
	'stapio.receive_control_message' 'procfs("x").read' 'json_data'; do
	refused "no-$point" "probes of '[a-zA-Z_.]+' are not possible: [a-z]" -e "probe $point { }"
done
