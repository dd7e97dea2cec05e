// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line. */
#include <getopt.h>

#include "runtime/session/options.h"
#include "tests/unit/test.h"

struct line {
	struct arena *arena;
	struct diags diags;
	struct options options;
	bool ok;
};

static struct line read_line(char **argv)
{
	struct line line = {.arena = arena_new()};
	int argc = 0;

	while (argv[argc])
		argc++;
	line.diags.arena = line.arena;
	optind = 0; /* GNU: start anew */
	line.ok = options_read(&line.options, line.arena, &line.diags, argc, argv);
	return line;
}

#define LINE(...) read_line((char *[]){"spile", __VA_ARGS__, NULL})

TEST(script_and_arguments)
{
	struct line line = LINE("-v", "a.stp", "one", "-T", "2.5", "two", "-c", "ls -l");

	CHECK(line.ok);
	CHECK_STR(line.options.script_path, "a.stp");
	CHECK_INT(line.options.n_args, 2);
	CHECK_STR(line.options.args[0], "one");
	CHECK_STR(line.options.args[1], "two");
	CHECK_STR(line.options.command, "ls -l");
	CHECK(line.options.timeout == 2.5);
	CHECK_INT(line.options.verbose, 1);
	CHECK_INT(line.options.last_pass, 5);
	arena_free(line.arena);
}

TEST(script_text)
{
	struct line line = LINE("-e", "probe begin { }", "-p3", "-s", "64", "--json",
				"--begin=kernel", "-x", "12", "--", "-arg");

	CHECK(line.ok);
	CHECK_STR(line.options.script_text, "probe begin { }");
	CHECK(!line.options.script_path);
	CHECK_INT(line.options.last_pass, 3);
	CHECK_INT(line.options.ring_bytes, 64 << 20);
	CHECK(line.options.json && line.options.begin_home == BEGIN_KERNEL);
	CHECK_INT(line.options.pid, 12);
	CHECK_INT(line.options.n_args, 1);
	CHECK_STR(line.options.args[0], "-arg");
	arena_free(line.arena);
}

TEST(limits)
{
	struct line line = LINE("-DMAXACTION=77", "-D", "MAXERRORS=3", "a.stp");

	CHECK(line.ok);
	CHECK_INT(line.options.limits.max_action, 77);
	CHECK_INT(line.options.limits.max_errors, 3);
	arena_free(line.arena);
}

TEST(limits_of_stap_are_ignored_with_a_warning)
{
	struct line line = LINE("-DSTP_NO_OVERLOAD", "a.stp");

	CHECK(line.ok);
	CHECK_INT(line.diags.n, 1);
	CHECK_INT(line.diags.v[0].level, DIAG_WARNING);
	arena_free(line.arena);
}

static void check_wrong(struct line line, const char *message, const char *help)
{
	CHECK(!line.ok);
	if (CHECK(line.diags.n > 0)) {
		CHECK_STR(line.diags.v[0].message, message);
		CHECK_STR(line.diags.v[0].help, help);
	}
	arena_free(line.arena);
}

TEST(mistakes)
{
	const char *all = "spile --help shows all options";

	check_wrong(LINE("--jsn", "a.stp"), "unknown option --jsn", "did you mean --json?");
	check_wrong(LINE("--zzzzzz", "a.stp"), "unknown option --zzzzzz", all);
	check_wrong(LINE("-z", "a.stp"), "unknown option -z", all);
	check_wrong(LINE("-v"), "there is no script: name a file, or give one with -e", all);
	check_wrong(LINE("a.stp", "-c"), "-c wants an argument", NULL);
	check_wrong(LINE("-p9", "a.stp"), "-p wants a number from 1 to 5, not '9'", NULL);
	check_wrong(LINE("-x", "nine", "a.stp"), "-x wants a number from 1 to 4194304, not 'nine'",
		    NULL);
	check_wrong(LINE("-T", "-1", "a.stp"), "-T wants a number of seconds, not '-1'", NULL);
	check_wrong(LINE("--begin=moon", "a.stp"), "--begin is kernel or tracer, not 'moon'", NULL);
	check_wrong(LINE("--color=red", "a.stp"), "--color is auto, always or never, not 'red'",
		    NULL);
	check_wrong(LINE("-c", "ls", "-x", "1", "a.stp"), "-c and -x cannot be used together",
		    NULL);
}

TEST(options_of_stap_that_can_not_be_had)
{
	check_wrong(LINE("--remote=host", "a.stp"), "--remote can not be had",
		    "run Spile on that machine, for instance by ssh");
	check_wrong(LINE("-r", "6.1", "a.stp"), "-r can not be had",
		    "scripts are compiled for the kernel that runs");
	check_wrong(LINE("-b", "a.stp"), "-b can not be had",
		    "all processors write to one buffer, which is printed in the order of time");
	check_wrong(LINE("--runtime=kernel", "a.stp"), "--runtime=kernel can not be had",
		    "handlers run in the kernel as BPF, or in Spile itself");
	check_wrong(LINE("-S", "x", "-o", "f", "a.stp"), "-S wants megabytes, and how many files "
		    "are kept: MB or MB,N, not 'x'", NULL);
	check_wrong(LINE("-S", "1", "a.stp"), "-S wants -o FILE, too", NULL);
	check_wrong(LINE("--suppress-time-limits", "a.stp"),
		    "--suppress-time-limits wants guru mode (-g)", NULL);
	check_wrong(LINE("--vp", "1x", "a.stp"), "--vp wants a digit for each pass, not '1x'", NULL);
	check_wrong(LINE("--compatible=old", "a.stp"),
		    "--compatible wants a version like 4.2, not 'old'", NULL);
}

TEST(options_of_stap)
{
	struct line line = LINE("-E", "probe end { }", "-S", "2,5", "-o", "f", "-F", "-P", "--bpf",
				"--vp", "00102", "--compatible=4.2", "--skip-badvars", "-g",
				"--suppress-time-limits", "--suppress-handler-errors", "--save-uprobes",
				"--prologue-searching=never", "--poison-cache", "--check-version");

	CHECK(line.ok);
	CHECK_INT(line.options.more_scripts.n, 1);
	CHECK_INT(line.options.file_bytes, 2 << 20);
	CHECK_INT(line.options.files, 5);
	CHECK(line.options.background && line.options.poison_cache);
	CHECK(line.options.skip_bad_variables && line.options.quiet_errors);
	CHECK_INT(line.options.verbose, 2);
	CHECK_STR(line.options.language, "4.2");
	CHECK(line.options.limits.max_action == INT64_MAX);
	CHECK(line.options.limits.max_errors == INT64_MAX);
	arena_free(line.arena);
}

TEST(several_mistakes_are_all_told)
{
	struct line line = LINE("--jsn", "-p9", "-T", "x", "a.stp");

	CHECK(!line.ok);
	CHECK_INT(line.diags.errors, 3);
	arena_free(line.arena);
}

static enum mode mode_of(struct line line)
{
	arena_free(line.arena);
	return line.options.mode;
}

TEST(modes)
{
	CHECK_INT(mode_of(LINE("-l", "syscall.*")), MODE_LIST);
	CHECK_INT(mode_of(LINE("--help")), MODE_HELP);
	CHECK_INT(mode_of(LINE("-V")), MODE_VERSION);
	CHECK_INT(mode_of(LINE("--config")), MODE_CONFIG);
	CHECK_INT(mode_of(LINE("-i")), MODE_REPL);
	CHECK_INT(mode_of(LINE("--clean-cache")), MODE_CLEAN_CACHE);
	CHECK_INT(mode_of(LINE("--dump-functions")), MODE_DUMP_FUNCTIONS);
}

TEST_MAIN()
