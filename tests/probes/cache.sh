# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# The compile cache: what was compiled before is not compiled again, and nothing else changes.
. "$SRCDIR/tests/lib.sh"

export XDG_CACHE_HOME=$TEST_TMP/cache
tapsets=$TEST_TMP/tapsets
mkdir "$tapsets"
echo 'function cached_text:string() { return "first" }' >"$tapsets/cached.stp"
script='probe begin { println(cached_text()); exit() }'

# run WANTED-OUTPUT hit|miss|off ARGUMENT...
run() {
	local text=$1 state=$2
	shift 2
	spile -v "$@"
	want_status 0
	want_out "$text"
	want_match "compile cache: $state" "$err"
}

# program VALUE: a program whose function does something else at another address
program() {
	printf '%s\n' "int padding(int x) { return x $1; }" \
		'__attribute__((noinline)) int counted(int x) { return padding(x) + x; }' \
		'int main(int argc, char **argv) { (void)argv; int n = 0;' \
		'for (int i = 0; i < 100; i++) n += counted(argc + i); return n == 1; }' \
		>"$TEST_TMP/program.c"
	$CC -O0 -g -o "$TEST_TMP/program" "$TEST_TMP/program.c"
}

start cache-second-run-hits
run first miss -I "$tapsets" -e "$script"
run first hit -I "$tapsets" -e "$script"
finish

start cache-off
run first off --no-cache -I "$tapsets" -e "$script"
finish

start cache-changed-tapset
run first hit -I "$tapsets" -e "$script"
sed -i 's/first/other/' "$tapsets/cached.stp"
run other miss -I "$tapsets" -e "$script"
sed -i 's/other/first/' "$tapsets/cached.stp"
run first hit -I "$tapsets" -e "$script"
finish

start cache-changed-arguments
run 1 miss -e 'probe begin { println($1); exit() }' 1
run 1 hit -e 'probe begin { println($1); exit() }' 1
run 2 miss -e 'probe begin { println($1); exit() }' 2
finish

start cache-changed-options
run 1 miss -e 'global g = 1 probe begin { println(g); exit() }'
spile -G g=7 -e 'global g = 1 probe begin { println(g); exit() }'
want_out 7
finish

start cache-changed-home
run 3 miss -e 'probe begin { println(1 + 2); exit() }'
run 3 miss --begin=kernel -e 'probe begin { println(1 + 2); exit() }'
run 3 hit --begin=kernel -e 'probe begin { println(1 + 2); exit() }'
finish

start cache-changed-program
program '* 3'
count="global n probe process(\"$TEST_TMP/program\").function(\"counted\") { n++ }
	probe end { println(n) }"
spile -c "$TEST_TMP/program" -e "$count"
want_out 100
program '* 3 / 7 + 12345 * x % 17'
spile -c "$TEST_TMP/program" -e "$count"
want_out 100
finish

start cache-broken-files
for file in "$XDG_CACHE_HOME"/spile/objects/*; do
	truncate -s $(($(stat -c %s "$file") / 2)) "$file"
done
run first miss -I "$tapsets" -e "$script"
run first hit -I "$tapsets" -e "$script"
for file in "$XDG_CACHE_HOME"/spile/objects/*; do
	head -c 5000 /dev/urandom >"$file"
done
run first miss -I "$tapsets" -e "$script"
finish

start cache-of-somebody-else
chmod 777 "$XDG_CACHE_HOME/spile/objects"
run first miss -I "$tapsets" -e "$script"
chmod 700 "$XDG_CACHE_HOME/spile/objects"
finish

start cache-without-a-place
XDG_CACHE_HOME=/dev/null run first miss -I "$tapsets" -e "$script"
finish

start cache-embedded-c
embedded='function answer:long() %{ STAP_RETURN(42); %} probe begin { println(answer()); exit() }'
run 42 miss -g -e "$embedded"
run 42 hit -g -e "$embedded"
run 43 miss -g -e "${embedded/42/43}"
finish
