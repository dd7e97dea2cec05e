/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function whose first statement is a loop: where its prologue ends, the loop begins.
 */
volatile int sink;

struct wide {
	long a, b, c;
};

int loop(int n, struct wide w, short step)
{
	for (;;) {
		n -= step;
		sink = n + (int)w.b;
		if (n <= 0)
			break;
	}
	return n;
}

int main(void)
{
	struct wide w = { 1, 2, 3 };

	loop(10, w, 2);
	loop(3, w, 1);
	return 0;
}
