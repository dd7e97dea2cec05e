/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the command line with getopt. */
#include "runtime/session/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	OPTION_VERSION = 256,
	OPTION_DUMP_FUNCTIONS,
	OPTION_DUMP_PROBE_TYPES,
	OPTION_DUMP_PROBE_ALIASES,
	OPTION_JSON,
	OPTION_BEGIN,
	OPTION_ATTACH,
	OPTION_NO_CACHE,
	OPTION_EXACT_ENTRY,
	OPTION_COLOR,
	OPTION_NAMESPACES,
	OPTION_CONFIG,
	OPTION_NOT_NEEDED,
};

static const char short_options[] = ":e:c:x:o:vp:I:D:G:T:l:L:d:gktwWus:iVh";

static const struct option long_options[] = {
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{"dump-functions", no_argument, NULL, OPTION_DUMP_FUNCTIONS},
	{"dump-probe-types", no_argument, NULL, OPTION_DUMP_PROBE_TYPES},
	{"dump-probe-aliases", no_argument, NULL, OPTION_DUMP_PROBE_ALIASES},
	{"json", no_argument, NULL, OPTION_JSON},
	{"begin", required_argument, NULL, OPTION_BEGIN},
	{"attach", required_argument, NULL, OPTION_ATTACH},
	{"no-cache", no_argument, NULL, OPTION_NO_CACHE},
	{"exact-entry", no_argument, NULL, OPTION_EXACT_ENTRY},
	{"color", optional_argument, NULL, OPTION_COLOR},
	{"colour", optional_argument, NULL, OPTION_COLOR},
	{"target-namespaces", required_argument, NULL, OPTION_NAMESPACES},
	{"config", no_argument, NULL, OPTION_CONFIG},
	{"ldd", no_argument, NULL, OPTION_NOT_NEEDED},
	{"all-modules", no_argument, NULL, OPTION_NOT_NEEDED},
	{NULL, 0, NULL, 0},
};

static const char help[] =
	"Usage: spile [options] SCRIPT.stp [arguments]\n"
	"       spile [options] -e 'SCRIPT' [arguments]\n"
	"       spile [options] -l 'PROBE POINT'\n"
	"\n"
	"What to run\n"
	"  -e SCRIPT           the script itself\n"
	"  -i                  interactively\n"
	"  -c CMD              start CMD when the probes are armed, end with it\n"
	"  -x PID              end with the process PID; it is target()\n"
	"  -T SECONDS          end after so long\n"
	"  -D NAME=VALUE       set a limit: MAXACTION, MAXERRORS, MAXMAPENTRIES, MAXNESTING,\n"
	"                      MAXSKIPPED, MAXSTRINGLEN, MAXTRYLOCK\n"
	"  -G NAME=VALUE       the initial value of a global\n"
	"  -I DIR              look for tapsets there, too\n"
	"  -g                  guru mode: embedded C, writing to the traced program\n"
	"  -u                  keep what is not used\n"
	"\n"
	"What to print\n"
	"  -o FILE             output goes to FILE\n"
	"  -s MB               size of the output buffer\n"
	"  --json              one JSON object a line\n"
	"  --color[=WHEN]      auto, always or never\n"
	"  -v                  tell more; -vv: the verifier's log, too\n"
	"  -t                  time of each stage\n"
	"  -w, -W              no warnings; warnings are errors\n"
	"  -p PASS             stop after a stage and print what it made: 1 syntax, 2 meaning,\n"
	"                      3 LLVM code, 4 loaded programs (5: run, the default)\n"
	"\n"
	"What there is\n"
	"  -l POINT, -L POINT  the probe points that match; with their variables\n"
	"  --dump-functions, --dump-probe-types, --dump-probe-aliases\n"
	"  --config            what this kernel and this build can do\n"
	"  -V, --version; -h, --help\n"
	"\n"
	"  --begin=kernel      run begin, end and timer handlers in the kernel\n"
	"  --attach=WAY        probe functions of the kernel by kprobe, multi or fentry only\n"
	"  --target-namespaces=PID  ns_pid() and its kin count like the namespaces of PID\n"
	"  --no-cache          compile even what has been compiled before\n"
	"  --exact-entry       probe functions at their first instruction, cheap or not\n"
	"  -k, -d MODULE, --ldd, --all-modules\n"
	"                      accepted, and not needed: there are no temporary files to keep, and\n"
	"                      symbols are looked up when they are printed\n";

static const struct range nowhere;

void options_help(FILE *out)
{
	fputs(help, out);
}

static bool __attribute__((format(printf, 2, 3)))
wrong(struct diags *diags, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	diag_error(diags, nowhere, "%s", text);
	return false;
}

/* A whole number within [low, high]. */
static bool read_number(struct diags *diags, char option, const char *text, long low, long high,
			long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 0);
	if (errno || end == text || *end || *number < low || *number > high)
		return wrong(diags, "-%c wants a number from %ld to %ld, not '%s'", option, low,
			     high, text);
	return true;
}

static bool read_seconds(struct diags *diags, const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	if (!strcmp(end, "ms"))
		*seconds /= 1000;
	else if (*end && strcmp(end, "s"))
		end = (char *)text;
	if (end == text || !(*seconds > 0) || *seconds > 1e9)
		return wrong(diags, "-T wants a number of seconds, not '%s'", text);
	return true;
}

/* Command lines of stap set macros of its own C code; those mean nothing here. */
static bool read_limit(struct options *options, struct diags *diags, const char *definition)
{
	int64_t least, most;

	if (limits_define(&options->limits, definition))
		return true;
	if (!limits_range(definition, &least, &most)) {
		diag_warning(diags, nowhere, "-D %s is not a limit of Spile's, and is ignored",
			     definition);
		return true;
	}
	if (most < INT64_MAX)
		return wrong(diags, "-D %s: not a number from %" PRId64 " to %" PRId64, definition,
			     least, most);
	return wrong(diags, "-D %s: not a number from %" PRId64 " on", definition, least);
}

static bool read_color(struct options *options, struct diags *diags, const char *when)
{
	if (!when || !strcmp(when, "always"))
		options->color = COLOR_ALWAYS;
	else if (!strcmp(when, "never"))
		options->color = COLOR_NEVER;
	else if (!strcmp(when, "auto"))
		options->color = COLOR_AUTO;
	else
		return wrong(diags, "--color is auto, always or never, not '%s'", when);
	return true;
}

static bool read_begin(struct options *options, struct diags *diags, const char *home)
{
	if (!strcmp(home, "kernel"))
		options->begin_home = BEGIN_KERNEL;
	else if (!strcmp(home, "tracer"))
		options->begin_home = BEGIN_TRACER;
	else
		return wrong(diags, "--begin is kernel or tracer, not '%s'", home);
	return true;
}

static bool read_attach(struct options *options, struct diags *diags, const char *way)
{
	static const char *const ways[] = {
		[KERNEL_WAY_AUTO] = "auto",
		[KERNEL_WAY_KPROBE] = "kprobe",
		[KERNEL_WAY_MULTI] = "multi",
		[KERNEL_WAY_FENTRY] = "fentry",
	};

	for (unsigned i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(way, ways[i])) {
			options->kernel_way = (enum kernel_way)i;
			return true;
		}
	return wrong(diags, "--attach is auto, kprobe, multi or fentry, not '%s'", way);
}

static bool unknown_option(struct diags *diags, const char *argument)
{
	struct suggest suggest;

	if (strncmp(argument, "--", 2)) {
		wrong(diags, "unknown option -%c", optopt);
		diag_help(diags, "spile --help shows all options");
		return false;
	}
	wrong(diags, "unknown option %s", argument);
	suggest_start(&suggest, arena_strndup(diags->arena, argument + 2,
					      strcspn(argument + 2, "=")));
	for (const struct option *option = long_options; option->name; option++)
		suggest_offer(&suggest, option->name);
	if (suggest_best(&suggest))
		diag_help(diags, "did you mean --%s?", suggest_best(&suggest));
	else
		diag_help(diags, "spile --help shows all options");
	return false;
}

static bool missing_argument(struct diags *diags, const char *argument)
{
	if (!strncmp(argument, "--", 2))
		return wrong(diags, "%s wants an argument", argument);
	return wrong(diags, "-%c wants an argument", optopt);
}

static bool read_number_option(struct options *options, struct diags *diags, int option,
			       const char *text)
{
	long number = 0;

	switch (option) {
	case 'p':
		if (!read_number(diags, 'p', text, 1, 5, &number))
			return false;
		options->last_pass = (unsigned)number;
		return true;
	case 'x':
		if (!read_number(diags, 'x', text, 1, 1 << 22, &number))
			return false;
		options->pid = (int)number;
		return true;
	default: /* 's' */
		if (!read_number(diags, 's', text, 1, 1024, &number))
			return false;
		options->ring_bytes = (uint64_t)number << 20;
		return true;
	}
}

static bool read_namespaces(struct options *options, struct diags *diags, const char *text)
{
	char *end, path[64];
	long pid = strtol(text, &end, 10);

	snprintf(path, sizeof(path), "/proc/%ld/ns/pid", pid);
	if (pid > 0 && !*end && !access(path, F_OK)) {
		options->namespaces_of = (int)pid;
		return true;
	}
	diag_error(diags, (struct range){0},
		   "--target-namespaces asks for a process that runs, and '%s' is none", text);
	return false;
}

static bool read_list(struct options *options, const char *point, bool variables)
{
	options->mode = MODE_LIST;
	options->list_point = point;
	options->list_variables = variables;
	return true;
}

static bool read_flag(struct options *options, int option)
{
	switch (option) {
	case 'v':
		options->verbose++;
		return true;
	case 'g':
		return options->guru = true;
	case 't':
		return options->timing = true;
	case 'w':
		return options->no_warnings = true;
	case 'W':
		return options->warnings_are_errors = true;
	case 'u':
		return options->keep_unused = true;
	case 'k':
	case 'd':
	case OPTION_NOT_NEEDED:
		return true;
	case OPTION_JSON:
		return options->json = true;
	case OPTION_NO_CACHE:
		return options->no_cache = true;
	case OPTION_EXACT_ENTRY:
		return options->exact_entry = true;
	default:
		return false;
	}
}

static bool read_mode(struct options *options, int option)
{
	static const struct {
		int option;
		enum mode mode;
	} modes[] = {
		{'i', MODE_REPL},
		{'V', MODE_VERSION},
		{'h', MODE_HELP},
		{OPTION_DUMP_FUNCTIONS, MODE_DUMP_FUNCTIONS},
		{OPTION_DUMP_PROBE_TYPES, MODE_DUMP_PROBE_TYPES},
		{OPTION_DUMP_PROBE_ALIASES, MODE_DUMP_PROBE_ALIASES},
		{OPTION_CONFIG, MODE_CONFIG},
	};

	for (unsigned i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (modes[i].option == option) {
			options->mode = modes[i].mode;
			return true;
		}
	return false;
}

static bool read_option(struct options *options, struct arena *arena, struct diags *diags,
			int option, char *const *argv)
{
	switch (option) {
	case 'e':
		options->script_text = optarg;
		return true;
	case 'c':
		options->command = optarg;
		return true;
	case 'o':
		options->output = optarg;
		return true;
	case 'p':
	case 'x':
	case 's':
		return read_number_option(options, diags, option, optarg);
	case 'I':
		VEC_PUSH(arena, &options->tapset_dirs, optarg);
		return true;
	case 'G':
		VEC_PUSH(arena, &options->globals, optarg);
		return true;
	case 'D':
		return read_limit(options, diags, optarg);
	case 'T':
		return read_seconds(diags, optarg, &options->timeout);
	case 'l':
	case 'L':
		return read_list(options, optarg, option == 'L');
	case OPTION_NAMESPACES:
		return read_namespaces(options, diags, optarg);
	case OPTION_BEGIN:
		return read_begin(options, diags, optarg);
	case OPTION_ATTACH:
		return read_attach(options, diags, optarg);
	case OPTION_COLOR:
		return read_color(options, diags, optarg);
	case ':':
		return missing_argument(diags, argv[optind - 1]);
	case '?':
		return unknown_option(diags, argv[optind - 1]);
	default:
		return read_flag(options, option) || read_mode(options, option);
	}
}

/* The script's file, then its arguments. */
static bool read_operands(struct options *options, struct diags *diags, int argc, char **argv)
{
	int at = optind;

	if (options->mode != MODE_RUN)
		return true;
	if (!options->script_text) {
		if (at == argc && isatty(STDIN_FILENO) && argc == 1) {
			options->mode = MODE_REPL;
			return true;
		}
		if (at == argc) {
			wrong(diags, "there is no script: name a file, or give one with -e");
			diag_help(diags, "spile --help shows all options");
			return false;
		}
		options->script_path = argv[at++];
	}
	options->args = (const char *const *)argv + at;
	options->n_args = (unsigned)(argc - at);
	return true;
}

bool options_read(struct options *options, struct arena *arena, struct diags *diags, int argc,
		  char **argv)
{
	bool ok = true;
	int option;

	*options = (struct options){.last_pass = 5};
	limits_default(&options->limits);
	opterr = 0;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		ok = read_option(options, arena, diags, option, argv) && ok;
	if (options->command && options->pid)
		ok = wrong(diags, "-c and -x cannot be used together");
	return ok && read_operands(options, diags, argc, argv);
}
