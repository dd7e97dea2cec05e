// SPDX-License-Identifier: GPL-2.0-or-later
/* An object for test_host_object.c: all kinds of sections and references. */
#include <string.h>

int initialised = 5;
int zeroed[1000];
static const char *const words[] = {"zero", "one", "two"};
static int hidden = 7;
extern int outside;
int outside_function(int x);
int add(int a, int b);
int call_outside(int x);
const char *word(int i);
int count(void);
int read_outside(void);
int choose(int i);
unsigned long length(const char *text);

int add(int a, int b)
{
	return a + b + initialised + hidden;
}

int call_outside(int x)
{
	return outside_function(x) + 1;
}

const char *word(int i)
{
	return words[i];
}

int count(void)
{
	return ++zeroed[999];
}

int read_outside(void)
{
	return outside;
}

/* A jump table. */
int choose(int i)
{
	switch (i) {
	case 0: return call_outside(1);
	case 1: return count();
	case 2: return add(1, 2);
	case 3: return read_outside();
	case 4: return (int)length("four");
	case 5: return 50;
	case 6: return hidden++;
	default: return -1;
	}
}

unsigned long length(const char *text)
{
	return strlen(text);
}
