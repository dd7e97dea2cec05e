# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# @var of other files than the probed one, wherever they are loaded.
. "$SRCDIR/tests/lib.sh"

gcc=${CC:-gcc} dir=$TEST_TMP/modules program=$dir/program library=$dir/libstate.so plugin=$dir/plugin.so
mkdir -p "$dir"

cat >"$dir/state.c" <<'END2'
struct inside { int a; char name[8]; };
static struct inside state = { 5, "lib" };
int count = 100;
__thread int own = 70;
__attribute__((noinline)) int library_step(int n)
{
	state.a += n;
	own++;
	return count += n;
}
END2
cat >"$dir/plugin.c" <<'END2'
static int plugged = 9000;
static __thread int plugged_own = 17;
__attribute__((noinline)) int plugin_step(int n)
{
	plugged_own += n;
	return plugged += n;
}
END2
cat >"$dir/program.c" <<'END2'
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int library_step(int);
static int (*plugin_step)(int);
static int total = 40;
static __thread int left = 11;
struct pair { short x, y; } pair = { 1, -2 };
__attribute__((noinline)) int step(int n)
{
	left--;
	return total += n;
}
static void work(int n)
{
	step(n);
	library_step(10 * n);
	plugin_step(100 * n);
}
int main(int argc, char **argv)
{
	plugin_step = (int (*)(int))dlsym(dlopen(argv[1], RTLD_NOW), "plugin_step");
	work(1);
	work(1);
	if (!fork()) {
		work(5);
		argv[2] = NULL;
		if (argc > 2)
			execv(argv[0], argv);
		return 0;
	}
	wait(NULL);
	return 0;
}
END2
$gcc -O2 -g -shared -fPIC -o "$library" "$dir/state.c"
$gcc -O2 -g -shared -fPIC -o "$plugin" "$dir/plugin.c"

build() {
	$gcc -O2 -g "$@" -o "$program" "$dir/program.c" -L"$dir" -lstate -Wl,-rpath,"$dir" -ldl
}

# What each function changes is seen from the other two; after fork() and exec(), too.
for how in "-fPIE -pie" "-no-pie" "-fPIE -pie -Wl,--build-id=none"; do
	start "of-other-files$(tr -d ' ' <<<"$how")"
	build $how
	spile -c "$program $plugin again" -e '
probe process(@1).function("step") {
	printf("step %d: %d %d %s own %d\n", $n, @var("count@state.c", @2), @var("state", @2)->a,
		@var("state", @2)$, @var("own", @2))
	try { printf("plugged %d\n", @var("plugged", @3)) } catch (m) { println(m) }
}
probe process(@2).function("library_step") {
	printf("library_step: %d %s left %d\n", @var("total@program.c", @1), @var("pair", @1)$,
		@var("left", @1))
}
probe process(@3).function("plugin_step").return {
	printf("plugin_step = %d: %d %d own %d\n", $return, @var("total", @1), @var("count", @2),
		@var("plugged_own"))
}' "$program" "$library" "$plugin"
	once='step 1: 100 5 {.a=5, .name="lib"} own 70
plugged 9000
library_step: 41 {.x=1, .y=-2} left 10
plugin_step = 9100: 41 110 own 117
step 1: 110 15 {.a=15, .name="lib"} own 71
plugged 9100
library_step: 42 {.x=1, .y=-2} left 9
plugin_step = 9200: 42 120 own 217
step 5: 120 25 {.a=25, .name="lib"} own 72
plugged 9200
library_step: 47 {.x=1, .y=-2} left 8
plugin_step = 9700: 47 170 own 717'
	want_out "$once
$once"
	finish
done

start from-anywhere
build
spile -c "$program $plugin" -e '
function total() { return @var("total@program.c", @1) }
probe begin { try { println(total()) } catch (m) { println(m) } }
probe process(@1).begin { if (pid() == target()) println("begin ", total()) }
probe process(@1).syscall {
	if (pid() == target() && $syscall == 231) println("exit_group ", total(), " ", @var("count", @2))
}' "$program" "$library"
want_out "$(realpath "$program") is not loaded in this process
begin 40
exit_group 42 120"
finish

start another-program
spile -c /bin/true -e 'probe process("/lib/x86_64-linux-gnu/libc.so.6").function("exit").call {
	if (pid() == target()) try { println(@var("total", @1)) } catch (m) { println(m) } }' "$program"
want_out "$(realpath "$program") is not loaded in this process"
finish

# A program at a fixed address is not taken for another that is there.
start another-fixed-program
build -no-pie
$gcc -O2 -g -no-pie -o "$dir/other" -x c - <<'END2'
int other = 3;
int main(void) { return other - 3; }
END2
spile -c "$dir/other" -e 'probe process(@2).function("main") {
	try { println(@var("total", @1)) } catch (m) { println(m) } }' "$program" "$dir/other"
want_out "$(realpath "$program") is not loaded in this process"
finish

start which-of-two
mkdir -p "$dir/a" "$dir/b"
echo 'static int x = 1, y = 7; int a(void) { return x++ + y++; }' >"$dir/a/file.c"
echo 'static int x = 2; int b(void) { return x++; }' >"$dir/b/file.c"
echo 'int a(void), b(void); int main(void) { return a() + b() - 10; }' >"$dir/two.c"
$gcc -g -O1 -o "$dir/two" "$dir/a/file.c" "$dir/b/file.c" "$dir/two.c"
spile -c "$dir/two" -e 'probe process(@1).function("main") {
	println(@var("x@a/file.c"), @var("x@b/file.c"), @var("y@file.c"), @defined(@var("x@file.c"))) }
probe process(@1).function("b") { println(@var("x"), @var("x@file.c")) }' "$dir/two"
want_out "1270
22"
spile -p2 -e 'probe process(@1).function("main") { println(@var("x@file.c"), @var("y")) }' "$dir/two"
want_status 1
want_match "'x' can not be read: several source files have one of that name: write NAME@FILE" "$err"
want_match "another source file has it: write 'y@.*a/file.c'" "$err"
finish

# The C library's errno is a variable of each thread, in a file without debug information.
start errno
cat >"$dir/errno.c" <<'END2'
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
volatile int sink;
__attribute__((noinline)) void set(int e) { sink = e; errno = e; }
static void *other(void *unused) { set(9); return unused; }
int main(void)
{
	pthread_t thread;

	set(5);
	pthread_create(&thread, NULL, other, NULL);
	pthread_join(thread, NULL);
	set(0);
	return fopen("/nonexistent/file", "r") != NULL;
}
END2
$gcc -O2 -g -o "$dir/errno" "$dir/errno.c" -lpthread
spile -c "$dir/errno" -e 'probe process(@1).function("set").return { println(@entry(@errno), " ", @errno) }
probe process("/lib/x86_64-linux-gnu/libc.so.6").function("fopen").return {
	if (pid() == target()) println(@errno) }' "$dir/errno"
want_out "0 5
0 9
5 0
2"
spile -p2 -e 'probe process("/lib/x86_64-linux-gnu/libc.so.6").function("fopen") {
	println(@var("__curbrk")) }'
[ "$status" = 0 ] || want_match '&@var\("__curbrk"\) is its address' "$err"
status_checked=1
finish

# A thread that has not used a library yet has no block of it, and maybe no place for one.
start thread-of-before
mkdir -p "$dir/many"
for i in 0 19 39; do
	sed "s/= 17/= $((1000 + i))/" "$dir/plugin.c" >"$dir/many/$i.c"
	$gcc -O2 -g -shared -fPIC -o "$dir/many/$i.so" "$dir/many/$i.c"
done
cat >"$dir/late.c" <<'END2'
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
static sem_t go;
static int (*first)(int), (*last)(int);
static void *late(void *unused) { sem_wait(&go); first(1); last(2); return unused; }
int main(int argc, char **argv)
{
	pthread_t thread;

	sem_init(&go, 0, 0);
	pthread_create(&thread, NULL, late, NULL);
	first = (int (*)(int))dlsym(dlopen(argv[1], RTLD_NOW), "plugin_step");
	for (int i = 2; i < argc; i++)
		last = (int (*)(int))dlsym(dlopen(argv[i], RTLD_NOW), "plugin_step");
	last(10);
	sem_post(&go);
	pthread_join(thread, NULL);
	return 0;
}
END2
$gcc -O2 -g -o "$dir/late" "$dir/late.c" -lpthread
for i in $(seq 1 38); do [ -f "$dir/many/$i.so" ] || cp "$dir/many/19.so" "$dir/many/$i.so"; done
spile -c "$dir/late $(printf "$dir/many/%d.so " $(seq 0 39))" -e '
probe process(@1).function("plugin_step"), process(@2).function("plugin_step") {
	try { println($n, " ", @var("plugged_own")) } catch { println($n, " none yet") } }
probe process(@1).function("plugin_step").return, process(@2).function("plugin_step").return {
	println(@var("plugged_own")) }' "$dir/many/0.so" "$dir/many/39.so"
want_out "10 none yet
1049
1 none yet
1001
2 none yet
1041"
finish
