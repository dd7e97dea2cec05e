# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# Places and variables of the kernel's code that debug information tells: of a module that prints what
# its variables are (tests/probes/programs/module), built with the headers of this kernel. If the debug
# information of the kernel itself is there, of that, too.
. "$SRCDIR/tests/lib.sh"
SPILE_TIMEOUT=120

module=${PROBED_MODULE:-}
if [ -z "$module" ]; then
	headers=$("$SRCDIR/tests/vm/headers" --have "${SPILE_VM:-6.1}" 2>"$TEST_TMP/why") &&
		"$SRCDIR/tests/probes/programs/module/build" "$headers" "$TEST_TMP/module" \
			>"$TEST_TMP/why" 2>&1 && module=$TEST_TMP/module/probed.ko
fi
if [ -z "$module" ] || ! insmod "$module" 2>>"$TEST_TMP/why"; then
	start kernel-debuginfo
	skip "no module that can be probed: $(tail -n 1 "$TEST_TMP/why")"
	finish
	exit
fi
release=$(uname -r | sed 's/[+.]/\\&/g')
parameter=/sys/module/probed/parameters/go
source=$(dirname "$module")/probed.c

line_of() {
	grep -nF "$1" "$source" | head -n 1 | cut -d: -f1
}

start without-debug-information-it-is-told-where-it-was-looked-for
spile -e 'probe module("probed").function("mixed").inline { }'
want_status 1
want_match "needs the debug information of module 'probed': it was not found" "$err"
want_match "looked for in .*/lib/modules/$release" "$err"
want_match "package linux-image-$release-dbg" "$err"
finish

start a-module-by-its-path
spile -l "module(\"$module\").function(\"mixed\").inline, module(\"$module\").function(\"probed_go\")"
want_out "module(\"probed\").function(\"mixed@$source:$(line_of 'long mixed')\").inline
module(\"probed\").function(\"probed_go\")"
finish

mkdir -p "/lib/modules/$(uname -r)/extra"
cp "$module" "/lib/modules/$(uname -r)/extra"

start inlined-functions
spile -c "sh -c 'echo 5 >$parameter'" -e '
	probe module("probed").function("mixed").inline { printf("%s %d*%d\n", ppfunc(), $value, $weight) }
	probe module("probed").function("mixed") { printf("all %d\n", $value) }'
want "each copy, by either point" [ "$(sort <<<"$out")" = $'all 5\nall 6\nmixed 5*10\nmixed 6*100' ]
finish

# looped is the sum of 7 * i or 8 * i on top of -40 or 1 << 40.
start statements-and-local-variables
spile -c "sh -c 'echo 3 >$parameter'" -e "
	probe module(\"probed\").statement(\"probed_loop@probed.c:$(line_of 'if (sum & 1)')\") {
		printf(\"%d %d %d %s\\n\", \$sum, \$times, \$pair->first, \$pair->name\$) }
	probe module(\"probed\").statement(\"*@probed.c:$(line_of 'sum += pair')\") {
		printf(\"%s %d %d\\n\", probefunc(), \$i, \$sum) }"
want_out "probed_loop 0 $((1 << 40))
probed_loop 1 $((1 << 40))
probed_loop 2 $(((1 << 40) + 8))
$(((1 << 40) + 24)) 3 8 \"right\""
finish

start listed-with-their-variables
line=$(line_of 'long a, b, looped;')
spile -L "module(\"probed\").function(\"mixed\").inline, module(\"probed\").statement(\"probed_go@probed.c:+4\"),
	module(\"probed\").statement(\"probed_go@probed.c:$((line + 1))\").nearest"
want_match "^module\(\"probed\"\).function\(\"mixed@$source:$(line_of 'long mixed')\"\).inline \\\$weight:int \\\$value:long int$" "$out"
want_match "statement\(\"probed_go@$source:$(line_of 'a = mixed(n, 10)')\"\) \\\$n:int" "$out"
want_match "statement\(\"probed_go@$source:($line|$((line + 2)))\"\).nearest \\\$n:int" "$out"
finish

# A place that a loop comes back to is behind what comes from above: the registers are the loop's.
start variables-at-the-head-of-a-loop
spile -c "sh -c 'echo 4 >$parameter'" -e "
	probe module(\"probed\").statement(\"probed_loop@probed.c:$(line_of 'int i;')\") {
		printf(\"%d %d\\n\", \$times, \$pair->second) }"
want_match '^4 -40$' "$out"
want "the same all the time" [ "$(sort -u <<<"$out")" = "4 -40" ]
finish

start labels
spile -c "sh -c 'echo 2 >$parameter'" -e '
	probe module("probed").function("probed_loop").label("odd") {
		printf("%d %s\n", $sum, $pair$) }'
want_match '^-33 \{\.first=7, \.flags=5, \.more=17, \.second=-40, \.name="left", \.next=0x[0-9a-f]+\}$' "$out"
finish

start calls-from-a-function
spile -c "sh -c 'echo 2 >$parameter'" -e '
	probe module("probed").function("probed_go").callee("*") { printf("%s ", ppfunc()) }
	probe module("probed").function("probed_loop").callee("probed_sink").call { printf("sink=%d ", $value) }'
want_match '^mixed mixed probed_loop sink=-40 sink=-33 sink=-33 $' "$out"
finish

start functions-of-a-file
spile -c "sh -c 'echo 1 >$parameter'" -e '
	probe module("probed").function("probed_*@probed.c").call { printf("%s %s\n", ppfunc(), $$parms) }
	probe module("probed").function("*@probed.c") { calls++ }
	probe module("probed").function("*@other.c")? { println("other") }
	global calls'
want_match '^probed_go n=0x1$' "$out"
want_match '^probed_loop pair=0x[0-9a-f]+ times=0x1$' "$out"
want_match '^probed_sink[.a-z0-9]* value=0xd what=0x' "$out"
want_match '^calls=0x7$' "$out"
finish

# BTF does not know this module: also results and parameters are told by debug information.
start results
spile -c "sh -c 'echo 2 >$parameter'" -e '
	probe module("probed").function("probed_loop@probed.c").return {
		printf("%d %s %d %s\n", $return, $$return, $times, $pair->name$) }'
want_out '33 return=0x21 2 "left"'
finish

start variables-of-the-module
spile -c "sh -c 'echo 7 >$parameter'" -e '
	probe module("probed").statement("probed_loop@probed.c:*") {
		if (!n++) printf("%d %s %d\n", @var("scale"), @var("probed_pairs")[1]->name$,
			@var("probed_pairs")[0]->more) }
	probe module("probed").function("probed_go").return {
		printf("%d %d\n", @var("probed_here@probed.c"), @var("probed_total") == @var("probed_total", "probed"))
		total = @var("probed_total") }
	probe end { printf("%d %d\n", total == @var("probed_total", "probed"), @var("scale", "probed")) }
	global n, total'
want_out $'3 "right" 17\n77 1\n1 3'
want_match "total=$(spile -e 'probe begin { print(@var("probed_total", "probed")); exit() }' && echo "$out")\$" \
	"$(dmesg | grep 'probed: n=7')"
finish

start types-of-the-module
spile -e 'probe begin { println(@cast(&@var("probed_pairs", "probed"), "struct probed_pair", "probed")->second); exit() }'
want_out -40
finish

start what-can-not-be
spile -e '
	probe module("probed").statement("probed_start@probed.c:*") { }
	probe module("probed").function("probed_og@probed.c") { }
	probe module("probed").statement("*@probd.c:1") { }
	probe module("probed").function("mixed").inline { println($valeu) }
	probe module("prabed").function("mixed").inline { }'
want_status 1
want_match 'only there while the kernel, or the module, starts' "$err"
want_match "did you mean 'probed_go'" "$err"
want_match "did you mean 'probed.c'" "$err"
want_match "did you mean '.value'" "$err"
want_match "no module 'prabed' is loaded" "$err"
want_match "did you mean 'probed'" "$err"
finish

# Debug information of another build would give wrong places.
start another-build
objcopy --remove-section=.note.gnu.build-id "$module" "/lib/modules/$(uname -r)/extra/probed.ko"
spile -e 'probe module("probed").function("mixed").inline { }'
want_status 1
want_match "probed.ko is of another build" "$err"
finish
rmmod probed

for directory in /usr/lib/debug ${SPILE_DEBUGINFO_PATH:-}; do
	[ ! -e "$directory/boot/vmlinux-$(uname -r)" ] || there=1
done

start the-kernel-without-debug-information
[ -z "${there:-}${DEBUGINFOD_URLS:-}" ] || skip "its debug information is there"
spile -e 'probe kernel.statement("vfs_read@fs/read_write.c:*") { }'
want_status 1
want_match "needs the debug information of the kernel: it was not found" "$err"
want_match "package linux-image-$release-dbg" "$err"
spile -e 'probe begin { println(@var("panic_timeout")) }'
want_status 1
want_match "package linux-image-$release-dbg" "$err"
want_match "BTF tells it for per-CPU variables only, and there is no debug information" "$err"
spile -l 'kernel.function("vfs_read@fs/read_write.c")'
want_out 'kernel.function("vfs_read")'
want_match "'fs/read_write.c' is not looked at" "$err"
finish

start the-kernel-with-debug-information
[ -n "${there:-}" ] || skip "no debug information of $(uname -r)"
echo "some text" >"$TEST_TMP/file"
spile -c "cat $TEST_TMP/file" -e '
	probe kernel.function("vfs_read@fs/read_write.c") { if (pid() == target() && !n++) println($count > 0) }
	probe kernel.function("rw_verify_area").inline, kernel.function("rw_verify_area@fs/read_write.c") {
		if (pid() == target() && !m++) println($file != 0) }
	probe begin { println(@var("panic_timeout")) }
	global n, m'
want_match "^$(cat /proc/sys/kernel/panic)$" "$out"
want "two of one" [ "$(grep -c '^1$' <<<"$out")" = 2 ]
finish
