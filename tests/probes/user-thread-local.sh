# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Thread-local variables of libraries: a thread may not have them yet, or still have another's.
. "$SRCDIR/tests/lib.sh"

gcc=${CC:-gcc} dir=$TEST_TMP/thread-local
mkdir -p "$dir"

# Large, so that there is no room for it in the threads' static blocks.
cat >"$dir/library.c" <<'END'
static __thread char room[70000] = { 1 };
__thread int own = 100 * ID;
static __thread int hidden = 7 * ID;
__thread int zeroed;
__attribute__((noinline)) int use(int n)
{
	own += n;
	hidden += 2 * n;
	zeroed -= n;
	room[n] = 1;
	__asm__ volatile("" ::: "memory");
	return own + hidden;
}
__attribute__((noinline)) int look(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}
END
cat >"$dir/reload.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
static sem_t go, done;
static int (*use)(int), (*look)(int);
static void let(void)
{
	sem_post(&go);
	sem_wait(&done);
}
static void *wait_for_go(void)
{
	sem_post(&done);
	sem_wait(&go);
	return NULL;
}
static void *worker(void *arg)
{
	sem_wait(&go);
	look(1);
	use(1);
	look(2);
	wait_for_go(); /* the other library gets the number of the one that was closed */
	look(3);
	use(5);
	look(4);
	wait_for_go(); /* once more, in a namespace of its own */
	look(5);
	use(7);
	look(6);
	sem_post(&done);
	return arg;
}
static void *take(void *library)
{
	use = (int (*)(int))dlsym(library, "use");
	look = (int (*)(int))dlsym(library, "look");
	let();
	return library;
}
int main(int argc, char **argv)
{
	pthread_t thread;
	void *first;

	sem_init(&go, 0, 0);
	sem_init(&done, 0, 0);
	pthread_create(&thread, NULL, worker, NULL);
	first = dlopen(argv[1], RTLD_NOW);
	take(first);
	dlclose(first);
	first = take(dlopen(argv[2], RTLD_NOW));
	take(dlmopen(LM_ID_NEWLM, argv[2], RTLD_NOW));
	use = (int (*)(int))dlsym(first, "use");
	look = (int (*)(int))dlsym(first, "look");
	use(20);
	look(7);
	return pthread_join(thread, NULL);
}
END
cat >"$dir/look.stp" <<'END'
probe process(@1).function("look"), process(@2).function("look") {
	try {
		println($n, ": ", @var("own"), " ", @var("hidden"), " ", @var("zeroed"))
	} catch (m) {
		println($n, ": ", m)
	}
	try { println(&@var("own") != 0) } catch { println("no address") }
}
probe process(@1).function("use").return, process(@2).function("use").return {
	try { println("use: ", @var("own"), " ", @entry($n)) } catch (m) { println("use: ", m) }
}
END
for flags in "gcc -O2" "gcc -O0" "${CLANG:-clang-19} -O2"; do
	start "reloaded-$(basename "$flags" | tr ' ' '-')"
	for id in 1 2; do
		$flags -g -shared -fPIC -DID=$id -o "$dir/library$id.so" "$dir/library.c"
	done
	$flags -g -o "$dir/reload" "$dir/reload.c" -pthread -ldl
	spile -c "$dir/reload $dir/library1.so $dir/library2.so" "$dir/look.stp" \
		"$dir/library1.so" "$dir/library2.so"
	none='the thread has no variables of that library yet'
	want_out "1: $none
no address
use: 101 1
2: 101 9 -1
1
3: $none
no address
use: 205 5
4: 205 24 -5
1
5: $none
no address
use: $(realpath "$dir/library2.so") is loaded several times in this process
6: 207 28 -7
1
use: $(realpath "$dir/library2.so") is loaded several times in this process
7: 220 54 -20
1"
	finish
done

# Which of two copies another file's variable is in can not be known; when one is left, it can.
start two-copies
cat >"$dir/copies.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
__attribute__((noinline)) int at(int n) { __asm__ volatile("" : "+r"(n)); return n; }
int main(int argc, char **argv)
{
	void *one = dlopen(argv[1], RTLD_NOW), *other;
	((int (*)(int))dlsym(one, "use"))(1);
	at(1);
	other = dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW);
	((int (*)(int))dlsym(other, "use"))(5);
	at(2);
	dlclose(other);
	return at(3) != 3;
}
END
echo 'int var = 10; __attribute__((noinline)) int use(int n) { return var += n; }' >"$dir/plain.c"
$gcc -O2 -g -shared -fPIC -o "$dir/plain.so" "$dir/plain.c"
$gcc -O2 -g -o "$dir/copies" "$dir/copies.c" -ldl
spile -c "$dir/copies $dir/plain.so" -e 'probe process(@1).function("at") {
	try { println($n, ": ", @var("var", @2)) } catch (m) { println($n, ": ", m) } }
probe process(@2).function("use").return { println("use: ", $return) }' "$dir/copies" "$dir/plain.so"
want_out "use: 11
1: 11
use: 15
2: $(realpath "$dir/plain.so") is loaded several times in this process
3: 11"
finish

start musl
if ! type musl-gcc >/dev/null 2>&1; then
	skip "no musl-gcc here"
else
	cat >"$dir/musl.c" <<'END'
int use(int), look(int);
__thread int mine = 55;
static __thread struct { long a, b; } pair = { 3, 4 };
__attribute__((noinline)) int step(int n)
{
	mine += n;
	pair.b *= n + 1;
	__asm__ volatile("" ::: "memory");
	return mine;
}
int main(void)
{
	look(0);
	step(1);
	use(1);
	step(2);
	use(3);
	return look(4) - 4;
}
END
	musl-gcc -O2 -g -shared -fPIC -DID=1 -o "$dir/libmusl.so" "$dir/library.c"
	musl-gcc -O2 -g -o "$dir/musl" "$dir/musl.c" -L"$dir" -lmusl -Wl,-rpath,"$dir"
	musl-gcc -O2 -g -static -DID=1 -o "$dir/musl-static" "$dir/musl.c" "$dir/library.c"
	for program in musl musl-static; do
		library=$dir/libmusl.so
		[ $program = musl ] || library=$dir/$program
		spile -c "$dir/$program" -e 'probe process(@1).function("step").return {
			println("step: ", @var("mine"), " ", @var("pair")->b) }
probe process(@2).function("use").return { println("use: ", @var("own"), " ", @var("hidden")) }
probe process(@2).function("look") { println("look: ", @var("own"), " ", @var("hidden"), " ", @var("zeroed")) }
' "$dir/$program" "$library"
		want_out "look: 100 7 0
step: 56 8
use: 101 9
step: 58 24
use: 104 15
look: 104 15 -4"
	done
	finish
fi
