/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe points: which family takes them, what they become, and what is said of wrong ones.
 */
#include "compiler/probes/families.h"
#include "compiler/syntax/syntax.h"
#include "tests/unit/test.h"

struct fixture {
	struct arena *arena;
	struct diags diags;
	struct probes probes;
	struct probe_vec out;
	bool good;
};

/* Expands the point of `probe POINT { }`. */
static void expand(struct fixture *fixture, const char *point, bool uses_targets)
{
	static const struct syntax_options options;
	struct syntax syntax = {.options = &options};
	struct script_file *file;

	memset(fixture, 0, sizeof(*fixture));
	fixture->arena = syntax.arena = arena_new();
	fixture->diags.arena = fixture->arena;
	syntax.diags = &fixture->diags;
	fixture->probes.arena = fixture->arena;
	fixture->probes.diags = &fixture->diags;
	file = syntax_parse(&syntax, source_from_text(fixture->arena, "test",
				     arena_printf(fixture->arena, "probe %s { }", point)));
	if (CHECK(file->probes.n == 1 && !fixture->diags.errors))
		fixture->good = probes_expand(&fixture->probes, file->probes.v[0]->points.v[0],
					      uses_targets ? USES_TARGETS : USES_NO_TARGETS, false, &fixture->out);
}

static void done(struct fixture *fixture)
{
	probes_release(&fixture->probes);
	arena_free(fixture->arena);
}

static const struct site *only_site(struct fixture *fixture)
{
	static const struct site none;

	if (!CHECK(fixture->out.n == 1 && fixture->out.v[0]->sites.n == 1))
		return &none;
	return &fixture->out.v[0]->sites.v[0];
}

static void check_error(const char *point, const char *message, const char *help)
{
	struct fixture fixture;

	expand(&fixture, point, false);
	CHECK(!fixture.good);
	if (CHECK_INT(fixture.diags.errors, 1)) {
		CHECK_STR(fixture.diags.v[0].message, message);
		CHECK_STR(fixture.diags.v[0].help, help);
	}
	done(&fixture);
}

TEST(life_of_a_session)
{
	struct fixture fixture;

	expand(&fixture, "begin(-5)", false);
	CHECK(fixture.good);
	CHECK_INT(only_site(&fixture)->kind, ATTACH_BEGIN);
	CHECK_INT(fixture.out.v[0]->order, -5);
	CHECK_INT(fixture.out.v[0]->home, HOME_TRACER);
	done(&fixture);
	expand(&fixture, "error", false);
	CHECK_INT(only_site(&fixture)->kind, ATTACH_ERROR);
	done(&fixture);
}

static void check_timer(const char *point, int64_t period, int64_t jitter)
{
	struct fixture fixture;

	expand(&fixture, point, false);
	CHECK(fixture.good);
	CHECK_INT(only_site(&fixture)->kind, ATTACH_TIMER);
	CHECK_INT((int64_t)only_site(&fixture)->period, period);
	CHECK_INT((int64_t)only_site(&fixture)->jitter, jitter);
	done(&fixture);
}

TEST(timers)
{
	check_timer("timer.s(2)", 2000000000, 0);
	check_timer("timer.ms(100).randomize(20)", 100000000, 20000000);
	check_timer("timer.usec(3)", 3000, 0);
	check_timer("timer.ns(7)", 7, 0);
	check_timer("timer.hz(1000)", 1000000, 0);
}

TEST(wrong_timers)
{
	check_error("timer.ms(0)", "'timer.ms' takes a number from 1", NULL);
	check_error("timer.s(100000000000)", "'timer.s' takes a number from 1", NULL);
	check_error("timer.ms(5).randomize(5)",
		    "'randomize' takes a number from 0 to less than the timer's own", NULL);
	check_error("timer.ms", "'ms' needs an argument: a number", "write 'ms(1)'");
	check_error("timer.ms(\"5\")", "'ms' takes a number", "write 'ms(1)'");
	check_error("timer.mss(5)", "'mss' can not follow 'timer'", "did you mean 'ms'?");
}

TEST(near_misses)
{
	check_error("bgin", "unknown probe point 'bgin'", "did you mean 'begin'?");
	check_error("kernel.funtion(\"f\")", "'funtion' can not follow 'kernel'",
		    "did you mean 'function'?");
	check_error("kernel.function", "'function' needs an argument: a string in quotes",
		    "write 'function(\"...\")'");
	check_error("kernel.function(\"f\").retrun",
		    "'retrun' can not follow 'kernel.function(\"f\")'", "did you mean 'return'?");
	check_error("never.x", "nothing can follow 'never'", NULL);
	check_error("begin(\"x\")", "'begin' takes a number", "write 'begin(1)'");
	check_error("syscall.opn", "unknown system call 'opn'", "did you mean 'open'?");
	check_error("perf.sw.page_fault", "there is no event 'perf.sw.page_fault'",
		    "did you mean 'page_faults'?");
}

TEST(an_incomplete_point_lists_what_follows)
{
	struct fixture fixture;

	expand(&fixture, "timer", false);
	CHECK(!fixture.good);
	if (CHECK_INT(fixture.diags.n, 1)) {
		CHECK_STR(fixture.diags.v[0].message, "the probe point 'timer' is not complete");
		CHECK(strstr(fixture.diags.v[0].help, "s(1), sec(1), ms(1)"));
	}
	done(&fixture);
}

TEST(wildcards_in_names)
{
	struct fixture fixture;

	expand(&fixture, "timer.m*(5)", false); /* ms, msec */
	CHECK(fixture.good);
	CHECK_INT(fixture.out.n, 2);
	done(&fixture);
}

TEST(one_program_for_many_calls)
{
	struct fixture fixture;

	expand(&fixture, "syscall.*.return", false);
	CHECK(fixture.good);
	CHECK_INT(fixture.out.n, 2); /* and one that keeps the arguments of execve */
	CHECK_INT(fixture.out.v[0]->sites.v[0].kind, ATTACH_RAW_TRACEPOINT);
	CHECK_STR(fixture.out.v[0]->sites.v[0].symbol, "sys_exit");
	CHECK(fixture.out.v[0]->is_return);
	CHECK(strstr(fixture.out.v[0]->prologue, " : syscall_argstr(__nr, 1)"));
	CHECK_STR(fixture.out.v[1]->sites.v[0].symbol, "sys_enter");
	CHECK(fixture.out.v[1]->prologue_only);
	done(&fixture);
}

TEST(prologue_of_one_call)
{
	struct fixture fixture;

	expand(&fixture, "syscall.close", false);
	CHECK(fixture.good);
	CHECK_STR(fixture.out.v[0]->guard,
		  "if (!($__nr == 3) || pid() == stp_pid() || syscall_compat()) next\n");
	CHECK_STR(fixture.out.v[0]->prologue,
		  "name = \"close\"\n"
		  "argstr = sprintf(\"%d\", $fd)\nfd = $fd\n"
		  "fd_str = sprintf(\"%d\", $fd)\n\n"
		  "syscall_nr = $__nr\n");
	done(&fixture);
}

TEST(second_names_of_calls)
{
	struct fixture fixture;

	expand(&fixture, "syscall.pread", false);
	CHECK(fixture.good);
	CHECK_STR(only_site(&fixture)->function, "__x64_sys_pread64");
	done(&fixture);
}

TEST(profiles)
{
	struct fixture fixture;

	expand(&fixture, "timer.profile.freq.hz(99)", false);
	CHECK(fixture.good);
	CHECK_INT(only_site(&fixture)->kind, ATTACH_PERF);
	CHECK_INT((int64_t)only_site(&fixture)->frequency, 99);
	done(&fixture);
}

TEST(watchpoints)
{
	struct fixture fixture;

	expand(&fixture, "kernel.data(0x1004).length(4).rw", false);
	CHECK(fixture.good);
	CHECK_INT(only_site(&fixture)->kind, ATTACH_BREAKPOINT);
	CHECK_INT(only_site(&fixture)->length, 4);
	CHECK_INT(only_site(&fixture)->access_mode, 1);
	done(&fixture);
	check_error("kernel.data(0x1004).length(3).rw", "a watchpoint is 1, 2, 4 or 8 bytes long",
		    NULL);
}

TEST_MAIN()
