# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Guru mode: assignment to variables in memory, whole ones and bit-fields.
. "$SRCDIR/tests/lib.sh"

cat >"$TEST_TMP/writing.c" <<'END'
#include <stdio.h>
struct box { unsigned low : 3; int high : 5; short number; char text[4]; long row[2]; };
static long count = 1;
static __thread int own = 2;
__attribute__((noinline)) int weigh(struct box *box, int by) { return box->number + by; }
int main(void)
{
	struct box box = { 1, -2, 3, "abc", { 4, 5 } };
	int sum = weigh(&box, 10);

	printf("%u %d %d %s %ld %ld %ld %d %d\n", box.low, box.high, box.number, box.text, box.row[0],
	       box.row[1], count, own, sum);
	return 0;
}
END
program=$TEST_TMP/writing
gcc -O0 -g -o "$program" "$TEST_TMP/writing.c"

# A kernel that is locked down lets nobody write: then the error must say that.
start variables-in-memory
spile -g -c "$program" -e 'probe process(@1).function("weigh") {
	$box->low = 6; $box->high = 9; $box->number++; $box->text[0] = 0x41; $box->row[1] -= 7
	@var("count@writing.c") = 100; @var("own") = 200; $by = 1000 }' "$program"
if grep -q "locked down" <<<"$err"; then
	want_status 1
	want_match "does not let BPF programs write memory" "$err"
else
	want_out "6 9 4 Abc 4 -2 100 200 1004"
fi
finish

start only-in-guru-mode
spile -p2 -e 'probe process(@1).function("weigh") { $by = 1 }' "$program"
want_status 1
want_match "writing to the traced program needs guru mode" "$err"
finish

start not-in-registers
gcc -O2 -g -o "$program" "$TEST_TMP/writing.c"
spile -g -p2 -e 'probe process(@1).function("weigh") { $by = 1 }' "$program"
want_status 1
want_match "it is in a register, and BPF programs do not change those" "$err"
finish
