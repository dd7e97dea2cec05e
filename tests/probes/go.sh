# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Programs in Go: names, values, returns across threads.
. "$SRCDIR/tests/lib.sh"

go=$(command -v go || ls -d /usr/lib/go-*/bin/go 2>/dev/null | tail -n 1)
if [ -z "$go" ]; then
	start go
	skip "there is no go"
	finish
	exit
fi
export GOCACHE=$TEST_TMP/go-cache GO111MODULE=off GOFLAGS=
kinds=$SRCDIR/tests/probes/programs/kinds.go

# build FILE FLAGS...
build() {
	local file=$TEST_TMP/$1
	shift
	"$go" build "$@" -o "$file" "$kinds" || echo "# go build $* failed"
}
build go-kinds
build go-plain -gcflags '-N -l'
build go-pie -buildmode=pie
build go-bare -ldflags '-s -w'
cp "$TEST_TMP/go-pie" "$TEST_TMP/go-stripped" && strip "$TEST_TMP/go-stripped"
cd "$TEST_TMP" || exit 1

cat >values.stp <<'END'
probe process(@1).function("main.scalars") {
	println("> scalars ", $a, " ", $b, " ", $c, " ", sprintf("%u", $d), " ", $e, " ", $f)
}
probe process(@1).function("main.scalars").return { println("< scalars ", $return) }
probe process(@1).function("main.blanks") { println("> blanks ", $a, " ", $b$, " ", $c) }
probe process(@1).function("main.blanks").return { println("< blanks ", $ok) }
probe process(@1).function("main.unused") { println("> unused ", $b) }
probe process(@1).function("main.texts") {
	println("> texts ", $a$, " ", $b$, " ", $c->len, " ", $c->cap, " ", $c->array[1]$, " ",
		$d->len, " ", $d->array[0])
}
probe process(@1).function("main.texts").return { println("< texts ", $return0$, " ", $return1) }
probe process(@1).function("main.structs") {
	println("> structs ", $p->X, " ", $p->Y, " ", $b->name$, " ", $b->at->X, " ", $b->at->Y, " ",
		$b->tags->len, " ", $b->small[2], " ", $q->inner->name$, " ", $q->inner->small[1])
}
probe process(@1).function("main.structs").return {
	println("< structs ", $return->X, " ", $return->Y)
}
probe process(@1).function("main.arrays") {
	println("> arrays ", $a[0], " ", $b[0], " ", $b[3], " ", $n)
}
probe process(@1).function("main.many") {
	println("> many ", $a, " ", $b, " ", $c, " ", $d, " ", $e, " ", $f, " ", $g, " ", $h, " ", $i,
		" ", $j, " ", $k)
}
probe process(@1).function("main.many").return { println("< many ", $r0, " ", $r8) }
probe process(@1).function("main.dynamic") {
	println("> dynamic ", @cast($s->data, "main.Point")->X, " ", $m->count, " ", $err->tab == 0)
}
probe process(@1).function("main.dynamic").return { println("< dynamic ", $return->tab == 0) }
probe process(@1).function("main.mixed") { println("> mixed ", $a, " ", $b) }
probe process(@1).function("main.mixed").return { println("< mixed ", $c) }
probe process(@1).function("main.escaping") { println("> escaping ", $n, " ", $s$) }
END
for program in go-kinds go-plain go-pie; do
	start "go-values-$program"
	spile -c "sh -c './$program >$program.said'" values.stp "./$program"
	want_out "$(grep '^[<>]' $program.said)"
	want "something was said" [ "$(grep -c '^[<>]' $program.said)" -gt 15 ]
	finish
done

start go-text
spile -c "sh -c './go-kinds >/dev/null'" -e '
probe process("./go-kinds").function("main.texts") { println($$parms); println($$parms$) }
probe process("./go-kinds").function("main.texts").return { println($$return$) }
probe process("./go-kinds").function("main.blanks").return { println($$return) }
probe process("./go-kinds").function("main.structs") { println($q$); println($p$$) }'
address='0x[0-9a-f]+'
want_match '^a=\{...\} b=\{...\} c=\{...\} d=\{...\}$' "$out"
want_match "^a=\"hello\\\\ty\" b=\"bob\" c=\{.array=$address, .len=2, .cap=3\} d=\{.array=$address, .len=2," "$out"
want_match '^return0="hello\\tybob" return1=10$' "$out"
want_match '^return0=0x5 ok=0x0$' "$out"
want_match "^\{.name=\"\", .at=\{...\}, .tags=\{...\}, .inner=$address, .small=\[...\]\}$" "$out"
want_match '^\{.X=3, .Y=-4\}$' "$out"
finish

# A function that needs a larger stack begins again: the program's own results tell how often.
cat >counts.stp <<'END'
global entered, returned
probe process(@1).function("main.*") { entered[ppfunc()]++ }
probe process(@1).function("main.*").return { returned[ppfunc()]++ }
probe end {
	foreach (name in entered)
		if (name != "main.main")
			printf("%s %d %d\n", name, entered[name], returned[name])
}
END
for program in go-kinds go-pie go-bare go-stripped; do
	start "go-counts-$program"
	spile -c "sh -c './$program >/dev/null'" counts.stp "./$program"
	for line in "deep 3005 3005" "forwards 5 5" "recovers 5 5" "unused 1 1" \
		'\(\*List\[.*\]\).Push 2 2'; do
		want_match "^main\.$line$" "$out"
	done
	finish
done

# A goroutine goes on in another thread, on another stack.
cat >crowd.stp <<'END'
global entered, returned, wrong, sum, moved, time
probe process(@1).function("main.waits") { entered++ }
probe process(@1).function("main.waits").return {
	returned++
	wrong += $at != $id
	moved += @entry(tid()) != tid()
	sum += $got + $at
	time <<< gettimeofday_us() - @entry(gettimeofday_us())
}
probe end {
	println("crowd ", returned, " ", sum)
	println(entered, " wrong ", wrong, " moved ", moved > 0, " timed ", @count(time),
		" ", @min(time) >= 0)
}
END
for program in go-kinds go-plain; do
	start "go-threads-$program"
	GOMAXPROCS=4 spile -c "sh -c './$program 800 >crowd.said'" crowd.stp "./$program"
	want_out "$(cat crowd.said)
8000 wrong 0 moved 1 timed 8000 1"
	finish
done

# The probes are there before the program is, or while it waits.
start go-later
(sleep 1 && exec ./go-bare >later.said) &
cat >later.stp <<'END'
global n
probe process("./go-bare").function("main.deep").return { n++ }
probe process("./go-bare").function("main.many") { println("many ", long_arg(9)) }
probe process("./go-bare").end { println("deep ", n); exit() }
END
spile later.stp
want_out "many 9
deep 3005"
wait
finish

start go-running
mkfifo begin
./go-kinds wait <begin >running.said &
program=$!
exec 3>begin
wait_for waits running.said || wrong "the program does not begin"
(wait_for "^ready$" out && echo >&3) &
spile -x $program -e 'global n
probe process.function("main.deep").return { n++ }
probe process.function("main.texts") { println($a$) }
probe timer.ms(200) { if (!told++) println("ready") }
global told
probe end { println("deep ", n) }'
exec 3>&-
wait
want_match '^"hello\\ty"$' "$out"
want_match '^deep 3005$' "$out"
finish

start go-names
l() {
	spile -l "process(\"./${2:-go-kinds}\").function(\"$1\")"
	sed 's/.*function("\([^"@]*\).*/\1/' <<<"$out" | tr '\n' ' '
}
want "a method" [ "$(l 'main.(*Point).Area')" = "main.(*Point).Area " ]
want "methods" [ "$(l 'main.(*P*).*')" = "main.(*Point).Area " ]
want "a closure" [ "$(l 'main.main.func1')" = "main.main.func1 " ]
want "an instance" [ "$(l 'main.Map[go.shape.int_0,go.shape.string_1]')" = \
	"main.Map[go.shape.int_0,go.shape.string_1] " ]
want "all instances" [ "$(l 'main.Map' | wc -w)" = 2 ]
want "all instances, dots" [ "$(l 'main.Map[...]' | wc -w)" = 2 ]
want "a generic method" [ "$(l 'main.(*List[...]).Push' | wc -w)" = 1 ]
want "slashes" [ "$(l 'internal/poll.(*FD).Write')" = "internal/poll.(*FD).Write " ]
want "stripped" [ "$(l 'internal/poll.(*FD).Write' go-bare)" = "internal/poll.(*FD).Write " ]
want "inlined" [ "$(l 'fmt.Println' | wc -w)" -gt 0 ]
spile -L 'process("./go-kinds").function("main.texts").return'
want_match 'return \$return0:string \$return1:int \$a:string \$b:main.Named ' "$out"
spile -L 'process("./go-kinds").function("main.many").return'
want_match 'return \$r0:int \$r1:int .*\$r8:int \$a:int ' "$out"
l 'main.dep' >/dev/null
want_status 1
err=$(cat err)
want_match "did you mean 'main.deep'" "$err"
finish

# What the table of functions says is enough for arguments by number and for stacks.
start go-stripped
spile -c ./go-stripped -e '
probe process("./go-stripped").function("main.unused") {
	println("args ", long_arg(1), " ", int_arg(3))
	print_ubacktrace()
}
probe process("./go-stripped").function("main.unused").return {
	println("return ", returnval(), " ", @entry(long_arg(1)), " ", usymname(ustack(1)))
}'
want_match '^args 11 33$' "$out"
want_match '^return 22 11 main.main$' "$out"
want_match ' : main.unused\+' "$out"
want_match ' : main.main\+' "$out"
want_match ' : runtime.main\+' "$out"
spile -p2 -e 'probe process("./go-stripped").function("main.unused") { println($b) }'
want_status 1
want_match 'there is no debug information for .*go-stripped' "$err"
finish

start go-stack
spile -c ./go-kinds -e '
probe process("./go-kinds").function("main.deep") { if ($n == 2) { print_ubacktrace_fileline(); exit() } }'
want_match ' : main.deep\+.* at .*/kinds.go:[0-9]+' "$out"
want_match ' : main.forwards\+.* at .*/kinds.go:[0-9]+|main.deep.*' "$out"
finish

# The calls that the compiler has put into others are the lines that the program prints.
start go-inlined
spile -c "sh -c './go-kinds >lines.said'" -e 'global n, whole
probe process("./go-kinds").function("fmt.Println").inline { n++ }
probe process("./go-kinds").function("fmt.Fprintln") { whole++ }
probe end { println(n, " ", whole) }'
want_out "$(wc -l <lines.said) $(wc -l <lines.said)"
finish

start go-callee
spile -c "sh -c './go-kinds >/dev/null'" -e '
probe process("./go-kinds").function("main.forwards").callee("main.deep") { println("called ", $n) }
probe process("./go-kinds").function("main.forwards").callee("main.deep").return { println($return) }'
want_out "called 3
6"
finish

start go-statement
line=$(grep -n 'Println("< texts"' "$kinds" | cut -d: -f1)
spile -c "sh -c './go-kinds >/dev/null'" -e '
probe process("./go-kinds").statement("main.texts@kinds.go:'"$line"'") { println($r$); exit() }'
want_out '"hello\tybob"'
finish

start go-goroutine
spile -c "sh -c './go-kinds >/dev/null'" -e 'probe process("./go-kinds").function("main.unused") {
	println(@cast(goroutine(), "runtime.g")->m->curg == goroutine())
}'
want_out 1
spile -e 'probe begin { println(goroutine()) exit() }'
want_status 1
want_match 'goroutine\(\) is for probes of functions in Go' "$err"
finish

start go-refused
spile -p2 -e 'probe process("./go-kinds").function("runtime.memmove").return { println(1) }'
want_status 1
want_match 'the return of .runtime.memmove. can not be probed: it is written in assembly' "$err"
spile -p2 -e 'probe process("./go-kinds").function("main.texts").return { println($return) }'
want_status 1
want_match 'there are several' "$err"
spile -p2 -e 'probe process("./go-kinds").function("main.mixed") { println($x) }'
want_status 1
want_match 'vector' "$err"
finish
