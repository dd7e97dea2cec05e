/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of every kind, with values that a test knows.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#define KEEP __attribute__((noinline))
#else
#define KEEP __attribute__((noinline, noclone))
#endif

enum colour { RED, GREEN = 5, BLUE = -3 };

struct inner {
	short low;
	unsigned char bytes[6];
	int64_t deep;
};

struct outer {
	int number;
	unsigned flag : 1, three : 3;
	int negative : 5;
	uint64_t wide : 40;
	union {
		int as_int;
		char as_text[8];
	};
	struct inner *link;
	struct inner array[3];
	const char *name;
	enum colour colour;
	_Bool yes;
	double ratio;
	struct outer *next;
};

struct pair {
	long first, second;
};

struct small {
	int x;
	short y;
};

int global_number = 4242;
static int static_number = -77;
static struct outer static_outer = { .number = 11, .name = "static" };
__thread int thread_number = 313;
static __thread long thread_static = 626;
int global_array[4] = { 10, 20, 30, 40 };
volatile int sink;

KEEP int scalars(int i, unsigned char c, short s, long l, unsigned u, const char *text, int stacked,
		 long long last)
{
	sink = i + c + s + (int)l + (int)u + text[0] + stacked + (int)last;
	return sink;
}

KEEP long structure(struct outer *o, int index)
{
	sink = o->number + index;
	return o->array[index].deep;
}

KEEP long by_value(struct pair p, struct small s, int after)
{
	sink = s.x + after;
	return p.first + p.second + s.y;
}

KEEP struct pair make_pair(long a, long b)
{
	struct pair p = { a * 2, b * 3 };

	sink = (int)a;
	return p;
}

KEEP struct outer make_outer(int number)
{
	struct outer o = static_outer;

	o.number = number;
	sink = number;
	return o;
}

KEEP int8_t tiny(int8_t v)
{
	sink = v;
	return (int8_t)(v * 2);
}

KEEP int globals(int n)
{
	sink = n + static_number + global_number + thread_number + (int)thread_static +
	       static_outer.number + global_array[n & 3];
	return sink;
}

KEEP void take(int *p)
{
	sink = *p;
}

KEEP int addressed(int n)
{
	take(&n);
	return n + 1;
}

static inline __attribute__((always_inline)) int inlined(int a, int b)
{
	int product = a * b;

	sink = product;
	return product + a;
}

KEEP int caller(int n)
{
	int one = inlined(n, 3);
	int two = inlined(one, n + 1);

	sink = one;
	return one + two;
}

KEEP int locals(int n)
{
	int twice = n * 2;
	int i, sum = 0;
	const char *word = "word";

	for (i = 0; i < n; i++) {
		int square = i * i + twice;

		sum += square;
		sink = sum; /* LINE:loop */
	}
	{
		int shadow = sum + 1;

		sink = shadow + word[0];
	}
	sink = twice; /* LINE:after */
	return sum;
}

KEEP int recursive(int n)
{
	int below = n > 0 ? recursive(n - 1) : 0;

	sink = n;
	return n + below;
}

KEEP int jumps(int n)
{
	if (n > 3)
		goto out;
	sink = n;
	n++;
out:
	sink = n + 1;
	return n;
}

int main(int argc, char **argv)
{
	struct inner inner = { .low = -2, .bytes = { 1, 2, 3, 250, 5, 6 }, .deep = 1LL << 40 };
	struct outer o = { .number = 123, .flag = 1, .three = 5, .negative = -9,
			   .wide = 0x123456789aULL, .as_int = 0x41424344, .link = &inner,
			   .name = "outer", .colour = BLUE, .yes = 1, .ratio = 2.5 };
	struct pair p = { 1000000007L, -5 }, made;
	struct small s = { 77, -3 };
	struct outer big;

	(void)argv;
	o.array[1] = inner;
	o.array[2].deep = -99;
	o.array[2].bytes[3] = 200;
	o.next = &o;
	setvbuf(stdout, NULL, _IOLBF, 0);
	scalars(-argc, 200, -300, 1L << 35, 4000000000U, "hello", 70, -8);
	structure(&o, argc + 1);
	by_value(p, s, argc);
	made = make_pair(21, 14);
	big = make_outer(99);
	tiny((int8_t)(-10 * argc));
	globals(argc + 1);
	addressed(argc + 40);
	caller(argc + 4);
	locals(argc + 2);
	recursive(argc + 2);
	jumps(argc);
	printf("%ld %d\n", made.first, big.number);
	return 0;
}
