/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Target variables against a live process: tests/probes/programs/values.c is compiled in many
 * ways; each value that can be had must be the right one, and without optimisation all can be.
 */
#include <sys/stat.h>

#include "tests/unit/live.h"

enum { ANY = 1000 }; /* of the sites, the one that is reached first */

static char directory[] = "/tmp/spile-variables-XXXXXX";

struct check {
	const char *point; /* behind process("...") */
	const char *expr;
	int64_t value;
	unsigned which;    /* of the sites, when there are several */
};

static const struct check checks[] = {
	{ "function(\"scalars\")", "$i", -1, 0 },
	{ "function(\"scalars\")", "$c", 200, 0 },
	{ "function(\"scalars\")", "$s", -300, 0 },
	{ "function(\"scalars\")", "$l", 1LL << 35, 0 },
	{ "function(\"scalars\")", "$u", 4000000000, 0 },
	{ "function(\"scalars\")", "$text[1]", 'e', 0 },
	{ "function(\"scalars\")", "$stacked", 70, 0 },
	{ "function(\"scalars\")", "$last", -8, 0 },
	{ "function(\"structure\")", "$o->number", 123, 0 },
	{ "function(\"structure\")", "$o->flag", 1, 0 },
	{ "function(\"structure\")", "$o->three", 5, 0 },
	{ "function(\"structure\")", "$o->negative", -9, 0 },
	{ "function(\"structure\")", "$o->wide", 0x123456789a, 0 },
	{ "function(\"structure\")", "$o->as_int", 0x41424344, 0 },
	{ "function(\"structure\")", "$o->as_text[1]", 0x43, 0 },
	{ "function(\"structure\")", "$o->link->low", -2, 0 },
	{ "function(\"structure\")", "$o->link->bytes[3]", 250, 0 },
	{ "function(\"structure\")", "$o->link->deep", 1LL << 40, 0 },
	{ "function(\"structure\")", "$o->array[1]->deep", 1LL << 40, 0 },
	{ "function(\"structure\")", "$o->array[$index]->deep", -99, 0 },
	{ "function(\"structure\")", "$o->array[$index - 1]->bytes[2]", 3, 0 },
	{ "function(\"structure\")", "$o->array[2]->bytes[3]", 200, 0 },
	{ "function(\"structure\")", "$o->name[2]", 't', 0 },
	{ "function(\"structure\")", "$o->colour", -3, 0 },
	{ "function(\"structure\")", "$o->yes", 1, 0 },
	{ "function(\"structure\")", "$o->next->next->next->number", 123, 0 },
	{ "function(\"structure\")", "$o[0]->number", 123, 0 },
	{ "function(\"structure\")", "@cast($o, \"struct outer\")->number", 123, 0 },
	{ "function(\"structure\")", "@cast($o->link, \"struct inner\")->bytes[5]", 6, 0 },
	{ "function(\"by_value\")", "$p->first", 1000000007, 0 },
	{ "function(\"by_value\")", "$p->second", -5, 0 },
	{ "function(\"by_value\")", "$s->x", 77, 0 },
	{ "function(\"by_value\")", "$s->y", -3, 0 },
	{ "function(\"by_value\")", "$after", 1, 0 },
	{ "function(\"make_pair\").return", "$return->first", 42, 0 },
	{ "function(\"make_pair\").return", "$return->second", 42, 0 },
	{ "function(\"make_outer\").return", "$return->number", 99, 0 },
	{ "function(\"tiny\")", "$v", -10, 0 },
	{ "function(\"tiny\").return", "$return", -20, 0 },
	{ "function(\"globals\")", "$n", 2, 0 },
	{ "function(\"globals\")", "$global_number", 4242, 0 },
	{ "function(\"globals\")", "$static_number", -77, 0 },
	{ "function(\"globals\")", "@var(\"static_number@values.c\")", -77, 0 },
	{ "function(\"globals\")", "@var(\"static_outer\")->number", 11, 0 },
	{ "function(\"globals\")", "$global_array[3]", 40, 0 },
	{ "function(\"globals\")", "$global_array[$n]", 30, 0 },
	{ "function(\"globals\")", "$thread_number", 313, 0 },
	{ "function(\"globals\")", "$thread_static", 626, 0 },
	{ "function(\"addressed\")", "$n", 41, 0 },
	{ "function(\"caller\")", "$n", 5, 0 },
	{ "function(\"inlined\").inline", "$a", 5, 0 },
	{ "function(\"inlined\").inline", "$b", 3, 0 },
	{ "function(\"inlined\").inline", "$a", 20, 1 },
	{ "function(\"inlined\").inline", "$b", 6, 1 },
	{ "function(\"locals\")", "$n", 3, 0 },
	{ "statement(\"locals@values.c:LOOP\")", "$twice", 6, ANY },
	{ "statement(\"locals@values.c:LOOP\")", "$sum", 6, ANY },
	{ "statement(\"locals@values.c:LOOP\")", "$square", 6, ANY },
	{ "statement(\"locals@values.c:LOOP\")", "$i", 0, ANY },
	{ "statement(\"locals@values.c:AFTER\")", "$twice", 6, ANY },
	{ "statement(\"locals@values.c:AFTER\")", "$sum", 23, ANY },
	{ "statement(\"locals@values.c:AFTER\")", "$word[3]", 'd', ANY },
	{ "function(\"recursive\")", "$n", 3, 0 },
	{ "function(\"jumps\").label(\"out\")", "$n", 2, 0 },
};

static int line_of(const char *mark)
{
	FILE *file = fopen(live_source("values.c"), "re");
	char line[512];
	int number = 0, found = 0;

	while (file && fgets(line, sizeof(line), file)) {
		number++;
		if (strstr(line, mark))
			found = number;
	}
	if (file)
		fclose(file);
	return found;
}

/* Replaces LOOP and AFTER by line numbers. */
static void expand_lines(char *text, size_t size)
{
	static const char *const marks[][2] = { { "LOOP", "LINE:loop" }, { "AFTER", "LINE:after" } };

	for (unsigned i = 0; i < 2; i++) {
		char *at = strstr(text, marks[i][0]), rest[256];

		if (!at)
			continue;
		snprintf(rest, sizeof(rest), "%s", at + strlen(marks[i][0]));
		snprintf(at, size - (size_t)(at - text), "%d%s", line_of(marks[i][1]), rest);
	}
}

/* The probe that is reached, with the process stopped there; NULL: none. */
static struct probe *run_to_probe(struct live *live, const struct probe_vec *probes, unsigned which)
{
	uint64_t addresses[64];
	unsigned first = which == ANY ? 0 : which;
	unsigned n = which == ANY ? (probes->n < 64 ? probes->n : 64) : 1;
	int found;
	bool good;

	for (unsigned i = 0; i < n; i++)
		addresses[i] = probes->v[first + i]->sites.v[0].address + live->bias;
	found = live_run_to_any(live, addresses, n);
	if (found < 0)
		return NULL;
	if (probes->v[first]->is_return &&
	    !live_run_to(live, live_peek(live, live->regs.rsp, &good)))
		return NULL;
	return probes->v[first + (unsigned)found];
}

enum result { RIGHT, WRONG, NOT_THERE, BROKEN };

/* Array indices are expressions of their own, that semantic analysis would have resolved. */
static void resolve_inner(struct script *script, struct probe *probe, struct expr *expr)
{
	const struct access *access = expr->target->access;

	for (unsigned i = 0; access && i < access->exprs.n; i++) {
		struct expr *inner = access->exprs.v[i];

		if (inner->kind == EXPR_BINARY)
			inner = inner->binary.left;
		if (inner->kind == EXPR_TARGET && !inner->target->access) {
			probe->family->resolve(&script->probes, probe, inner);
			resolve_inner(script, probe, inner);
		}
	}
}

static enum result check_value(struct script *script, struct live *live, struct probe *probe,
			       const struct check *check, char *why, size_t size)
{
	struct expr *expr = expr_copy(script->arena, script->expr);
	uint64_t value = 0;

	expr = probe->family->resolve(&script->probes, probe, expr);
	if (!expr) {
		snprintf(why, size, "%s", script->diags.n ? script->diags.v[0].message : "?");
		return NOT_THERE;
	}
	resolve_inner(script, probe, expr);
	if (!live_value(live, expr, &value)) {
		snprintf(why, size, "a fault");
		return BROKEN;
	}
	snprintf(why, size, "%lld", (long long)value);
	return (int64_t)value == check->value ? RIGHT : WRONG;
}

static enum result run_check(const char *path, const struct check *check, bool relocatable,
			     char *why, size_t size)
{
	enum result result = BROKEN;
	struct script script;
	struct live live;
	struct probe *probe;
	char point[1024];

	snprintf(point, sizeof(point), "process(\"%s\").%s", path, check->point);
	expand_lines(point, sizeof(point));
	script_open(&script);
	if (!script_expand(&script, point, check->expr) ||
	    (check->which != ANY && check->which >= script.out.n)) {
		snprintf(why, size, "%s", script.diags.n ? script.diags.v[0].message : "no site");
		result = NOT_THERE;
	} else if (live_start(&live, path, relocatable)) {
		snprintf(why, size, "not reached");
		probe = run_to_probe(&live, &script.out, check->which);
		if (probe)
			result = check_value(&script, &live, probe, check, why, size);
		live_end(&live);
	}
	script_close(&script);
	return result;
}

static unsigned total, right;

static void check_all(const char *compiler, const char *flags, bool must)
{
	bool relocatable = !strstr(flags, "-no-pie") && !strstr(flags, "-static");
	char path[128], why[512];
	unsigned n = 0;

	snprintf(path, sizeof(path), "%s/values", directory);
	if (!CHECK(live_shell("%s -g %s -o %s %s", compiler, flags, path, live_source("values.c"))))
		return;
	for (unsigned i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		const struct check *check = &checks[i];
		enum result result = run_check(path, check, relocatable, why, sizeof(why));

		n += result == RIGHT;
		if (result == RIGHT || (result == NOT_THERE && !must)) {
			if (result != RIGHT && getenv("VERBOSE"))
				printf("# %s %s: %s %s: %s\n", compiler, flags, check->point,
				       check->expr, why);
			continue;
		}
		printf("# %s %s: %s %s is %s, not %lld\n", compiler, flags, check->point,
		       check->expr, why, (long long)check->value);
		test_failures++;
	}
	total += sizeof(checks) / sizeof(*checks);
	right += n;
	printf("# %s %s: %u of %zu\n", compiler, flags, n, sizeof(checks) / sizeof(*checks));
}

static bool start(void)
{
	static bool made;

	made = made || mkdtemp(directory);
	return made;
}

static const char *clang(void)
{
	const char *name = getenv("CLANG");

	return name && *name ? name : "clang-19";
}

TEST(gcc_not_optimised)
{
	REQUIRE(start());
	check_all("gcc", "-O0 -gdwarf-5", true);
	check_all("gcc", "-O0 -gdwarf-4 -no-pie", true);
	check_all("gcc", "-O0 -gdwarf-5 -static", true);
	check_all("gcc", "-O0 -gz -fstack-protector-all", true);
}

TEST(clang_not_optimised)
{
	REQUIRE(start());
	check_all(clang(), "-O0 -gdwarf-5", true);
	check_all(clang(), "-O0 -gdwarf-4 -no-pie", true);
}

TEST(gcc_optimised)
{
	REQUIRE(start());
	check_all("gcc", "-O1", false);
	check_all("gcc", "-O2", false);
	check_all("gcc", "-O2 -gdwarf-4 -no-pie -fomit-frame-pointer", false);
	check_all("gcc", "-O3 -march=native", false);
	check_all("gcc", "-Og", false);
	check_all("gcc", "-Os -fno-omit-frame-pointer", false);
}

TEST(clang_optimised)
{
	REQUIRE(start());
	check_all(clang(), "-O1", false);
	check_all(clang(), "-O2", false);
	check_all(clang(), "-O3 -gdwarf-4 -no-pie", false);
	check_all(clang(), "-O2 -gsplit-dwarf", false);
}

TEST(most_are_right)
{
	REQUIRE(total > 0);
	CHECK(right * 10 > total * 7);
	live_shell("rm -rf %s", directory);
}

TEST_MAIN()
