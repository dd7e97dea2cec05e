// SPDX-License-Identifier: GPL-2.0-or-later
/* The linker of host objects. */
#include <dlfcn.h>

#include "runtime/load/host_object.h"
#include "tests/unit/test.h"

__asm__(".section .rodata\n"
	".globl host_input, host_input_end\n"
	".balign 16\n"
	"host_input:\n"
	".incbin \"tests/unit/host_object_input.o\"\n"
	"host_input_end:\n"
	".previous\n");
extern const char host_input[], host_input_end[];

static int outside = 11;

static int outside_function(int x)
{
	return 10 * x;
}

static void *resolve(void *data, const char *name)
{
	if (data)
		return NULL;
	if (!strcmp(name, "outside"))
		return &outside;
	if (!strcmp(name, "outside_function"))
		return (void *)outside_function;
	return dlsym(RTLD_DEFAULT, name);
}

static struct host_object *load(void *data, char error[256])
{
	return host_object_load(host_input, (size_t)(host_input_end - host_input), resolve, data,
				error, 256);
}

TEST(code_runs_with_its_data)
{
	char error[256];
	struct host_object *object = load(NULL, error);
	int (*add)(int, int), (*count)(void), (*choose)(int);
	const char *(*word)(int);

	REQUIRE(object);
	add = (int (*)(int, int))host_object_symbol(object, "add");
	count = (int (*)(void))host_object_symbol(object, "count");
	choose = (int (*)(int))host_object_symbol(object, "choose");
	word = (const char *(*)(int))host_object_symbol(object, "word");
	REQUIRE(add && count && choose && word);
	CHECK_INT(add(1, 2), 15);
	CHECK_INT(count(), 1);
	CHECK_INT(count(), 2);
	CHECK_STR(word(2), "two");
	CHECK_INT(choose(0), 11);
	CHECK_INT(choose(1), 3);
	CHECK_INT(choose(2), 15);
	CHECK_INT(choose(3), 11);
	CHECK_INT(choose(4), 4);
	CHECK_INT(choose(5), 50);
	CHECK_INT(choose(9), -1);
	host_object_free(object);
}

TEST(missing_symbols_are_named)
{
	char error[256];

	CHECK(!load("nothing resolves", error));
	CHECK(strstr(error, "undefined symbol '"));
}

TEST(unknown_names_are_not_found)
{
	char error[256];
	struct host_object *object = load(NULL, error);

	REQUIRE(object);
	CHECK(!host_object_symbol(object, "outside"));
	CHECK(!host_object_symbol(object, "hidden"));
	CHECK(!host_object_symbol(object, "nonsense"));
	host_object_free(object);
}

TEST(what_is_no_object_is_refused)
{
	char error[256];

	CHECK(!host_object_load("junk", 4, resolve, NULL, error, sizeof(error)));
	CHECK_STR(error, "not an x86-64 relocatable object");
	CHECK(!host_object_load(host_input, 100, resolve, NULL, error, sizeof(error)));
	CHECK_STR(error, "section table out of bounds");
}

TEST_MAIN()
