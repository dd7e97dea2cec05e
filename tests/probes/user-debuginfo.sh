# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Debug information wherever users have it.
. "$SRCDIR/tests/lib.sh"

source=$SRCDIR/tests/probes/programs/values.c
program=$TEST_TMP/where
script='probe process(@1).function("by_value") { println($p->first, " ", $s->y) }
	probe process(@1).statement("*@values.c:'$(grep -n LINE:after "$source" | cut -d: -f1)'") { println("sum ", $sum) }'
want="1000000007 -3
sum 23"
build_id() {
	readelf -n "$1" | sed -n 's/.*Build ID: //p'
}

# check NAME: the two values are found.
check() {
	start "$1"
	spile -c "$program >/dev/null" -e "$script" "$program"
	want_out "$want"
	finish
}

gcc -O0 -g -gz -o "$program" "$source" && check compressed-sections
gcc -O0 -g -o "$program" "$source" &&
	objcopy --compress-debug-sections=zstd "$program" && check sections-compressed-by-zstd

gcc -O0 -g -o "$program" "$source"
cp "$program" "$TEST_TMP/whole"
objcopy --only-keep-debug "$program" "$program.debug"
strip "$program"
start nowhere
spile -c "$program >/dev/null" -e 'probe process(@1).function("main") { println($argc) }' "$program"
want_status 1
want_match "no function 'main'" "$err"
want_match "looked for in the file itself, .*/\.build-id/.*\.debug" "$err"
finish

id=$(build_id "$program")
mkdir -p "$TEST_TMP/debug/.build-id/${id:0:2}"
mv "$program.debug" "$TEST_TMP/debug/.build-id/${id:0:2}/${id:2}.debug"
export SPILE_DEBUGINFO_PATH=$TEST_TMP/debug
check build-id-directory
unset SPILE_DEBUGINFO_PATH

mkdir -p "$TEST_TMP/.debug"
cp "$TEST_TMP/debug/.build-id/${id:0:2}/${id:2}.debug" "$TEST_TMP/.debug/where.debug"
cp "$TEST_TMP/.debug/where.debug" "$TEST_TMP/where.debug"
objcopy --add-gnu-debuglink="$TEST_TMP/where.debug" "$program"
rm "$TEST_TMP/where.debug"
check debug-link-in-subdirectory
rm -r "$TEST_TMP/.debug"

start another-builds-debug-file
gcc -O1 -g -o "$TEST_TMP/other" "$source"
objcopy --only-keep-debug "$TEST_TMP/other" "$TEST_TMP/where.debug"
spile -c "$program >/dev/null" -e "$script" "$program"
want_status 1
rm "$TEST_TMP/where.debug"
finish

start mini-debuginfo
cp "$TEST_TMP/whole" "$program"
nm "$program" | awk '$2 == "t" || $2 == "T" { print $3 }' >"$TEST_TMP/keep"
objcopy --only-keep-debug "$program" "$TEST_TMP/mini"
objcopy -S --remove-section .gdb_index --remove-section .comment --keep-symbols="$TEST_TMP/keep" \
	"$TEST_TMP/mini" 2>/dev/null
xz -f "$TEST_TMP/mini"
strip "$program"
objcopy --add-section .gnu_debugdata="$TEST_TMP/mini.xz" "$program"
spile -c "$program >/dev/null" -e 'probe process(@1).function("by_value") { println(ppfunc(), " ", int_arg(1)) }' "$program"
want_out "by_value 1000000007"
finish

for compiler in gcc "${CLANG:-clang-19}"; do
	(cd "$TEST_TMP" && $compiler -O0 -g -gsplit-dwarf -o where "$source") &&
		check "split-units-$(basename "$compiler")"
done

if command -v dwz >/dev/null; then
	gcc -O0 -g -o "$program" "$source"
	gcc -O0 -g -DOTHER -o "$TEST_TMP/second" "$source"
	if dwz -m "$TEST_TMP/common.debug" "$program" "$TEST_TMP/second" 2>/dev/null &&
		[ -f "$TEST_TMP/common.debug" ]; then
		check alternate-file
	else
		gcc -O0 -g -o "$program" "$source"
		dwz "$program"
		check partial-units
	fi
else
	start alternate-file
	skip "there is no dwz"
fi

if command -v debuginfod >/dev/null; then
	gcc -O0 -g -o "$program" "$source"
	mkdir -p "$TEST_TMP/served"
	objcopy --only-keep-debug "$program" "$TEST_TMP/served/where.debug"
	strip "$program"
	debuginfod -d "$TEST_TMP/served.db" -p 18002 -t 0 -F "$TEST_TMP/served" >/dev/null 2>&1 &
	server=$!
	for try in 1 2 3 4 5 6 7 8 9 10; do
		curl -sf "http://localhost:18002/metrics" 2>/dev/null | grep -q 'thread_work_total{role="scan"} [1-9]' && break
		sleep 0.5
	done
	sleep 1
	export DEBUGINFOD_URLS=http://localhost:18002/ DEBUGINFOD_CACHE_PATH=$TEST_TMP/client
	check debuginfod
	unset DEBUGINFOD_URLS
	kill $server
	wait $server 2>/dev/null
else
	start debuginfod
	skip "there is no debuginfod server"
fi
