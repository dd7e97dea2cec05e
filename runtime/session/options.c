/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the command line with getopt. */
#include "runtime/session/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/session/refused.h"

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
	OPTION_VERBOSE_PASSES,
	OPTION_POISON_CACHE,
	OPTION_CLEAN_CACHE,
	OPTION_QUIET_ERRORS,
	OPTION_NO_LIMITS,
	OPTION_NO_GLOBALS,
	OPTION_SKIP_BAD_VARIABLES,
	OPTION_EXAMPLE,
	OPTION_COMPATIBLE,
	OPTION_RUNTIME,
	OPTION_RLIMIT, /* and the resource */
};

static const char short_options[] = ":e:E:c:x:o:vp:I:D:G:T:l:L:d:gktwWus:S:FPiVh" REFUSED_LETTERS;

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
	{"check-version", no_argument, NULL, OPTION_NOT_NEEDED},
	{"save-uprobes", no_argument, NULL, OPTION_NOT_NEEDED},
	{"prologue-searching", optional_argument, NULL, OPTION_NOT_NEEDED},
	{"bpf", no_argument, NULL, OPTION_NOT_NEEDED},
	{"interactive", no_argument, NULL, 'i'},
	{"vp", required_argument, NULL, OPTION_VERBOSE_PASSES},
	{"disable-cache", no_argument, NULL, OPTION_NO_CACHE},
	{"poison-cache", no_argument, NULL, OPTION_POISON_CACHE},
	{"clean-cache", no_argument, NULL, OPTION_CLEAN_CACHE},
	{"suppress-handler-errors", no_argument, NULL, OPTION_QUIET_ERRORS},
	{"suppress-time-limits", no_argument, NULL, OPTION_NO_LIMITS},
	{"no-global-var-display", no_argument, NULL, OPTION_NO_GLOBALS},
	{"skip-badvars", no_argument, NULL, OPTION_SKIP_BAD_VARIABLES},
	{"example", no_argument, NULL, OPTION_EXAMPLE},
	{"compatible", required_argument, NULL, OPTION_COMPATIBLE},
	{"runtime", required_argument, NULL, OPTION_RUNTIME},
	{"rlimit-as", required_argument, NULL, OPTION_RLIMIT + RLIMIT_AS},
	{"rlimit-cpu", required_argument, NULL, OPTION_RLIMIT + RLIMIT_CPU},
	{"rlimit-nproc", required_argument, NULL, OPTION_RLIMIT + RLIMIT_NPROC},
	{"rlimit-stack", required_argument, NULL, OPTION_RLIMIT + RLIMIT_STACK},
	{"rlimit-fsize", required_argument, NULL, OPTION_RLIMIT + RLIMIT_FSIZE},
	{NULL, 0, NULL, 0},
};

static const char help[] =
	"Usage: spile [options] SCRIPT.stp [arguments]\n"
	"       spile [options] -e 'SCRIPT' [arguments]\n"
	"       spile [options] -l 'PROBE POINT'\n"
	"\n"
	"What to run\n"
	"  -e SCRIPT           the script itself\n"
	"  -E SCRIPT           another one, in the same session\n"
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
	"  --example           the script is one of those that came with Spile\n"
	"  --compatible=VERSION  what systemtap_v is, for a script of that time\n"
	"  --skip-badvars      variables that are not there, or can not be read, are 0\n"
	"  --suppress-handler-errors  handlers that fail are counted, and nothing else\n"
	"  --suppress-time-limits     no MAXACTION and MAXTRYLOCK (with -g)\n"
	"\n"
	"What to print\n"
	"  -o FILE             output goes to FILE, a name or a format of strftime(3)\n"
	"  -S MB[,N]           FILE.0, FILE.1 ... of so many megabytes; the last N are kept\n"
	"  -F                  go on in the background when the probes are there (with -o)\n"
	"  -s MB               size of the output buffer\n"
	"  --json              one JSON object a line\n"
	"  --color[=WHEN]      auto, always or never\n"
	"  -v                  tell more; -vv: the verifier's log, too\n"
	"  --vp DIGITS         the same by pass, as stap has it: the greatest digit counts\n"
	"  -t                  time of each stage\n"
	"  -w, -W              no warnings; warnings are errors\n"
	"  --no-global-var-display  globals that the script never reads are not printed\n"
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
	"  --no-cache, --disable-cache, --poison-cache, --clean-cache\n"
	"                      compile even what has been compiled before and keep nothing, or keep\n"
	"                      it; forget all that was kept\n"
	"  --rlimit-as=N, --rlimit-cpu, --rlimit-nproc, --rlimit-stack, --rlimit-fsize\n"
	"                      limits of Spile itself and of the command, as setrlimit(2) has them\n"
	"  --exact-entry       probe functions at their first instruction, cheap or not\n"
	"  -k, -P, -d MODULE, --ldd, --all-modules, --prologue-searching, --check-version,\n"
	"  --save-uprobes, --bpf, --runtime=bpf\n"
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

static bool refused_option(struct diags *diags, const char *option)
{
	const char *reason = refused_reason(option);

	if (!reason)
		return false;
	wrong(diags, "%.*s can not be had", (int)strcspn(option, "="), option);
	diag_help(diags, "%s", reason);
	return true;
}

static bool unknown_option(struct diags *diags, const char *argument)
{
	struct suggest suggest;

	if (!strncmp(argument, "--", 2) && refused_option(diags, argument))
		return false;
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

/* "00201": units of verbosity for each pass. Here all passes have the same. */
static bool read_verbose_passes(struct options *options, struct diags *diags, const char *text)
{
	unsigned most = 0;

	if (!*text || text[strspn(text, "0123456789")])
		return wrong(diags, "--vp wants a digit for each pass, not '%s'", text);
	for (; *text; text++)
		most = (unsigned)(*text - '0') > most ? (unsigned)(*text - '0') : most;
	options->verbose += most;
	return true;
}

/* -S MB[,N] */
static bool read_files(struct options *options, struct diags *diags, const char *text)
{
	char *end;
	long size = strtol(text, &end, 10), files = 0;

	if (*end == ',' && end[1])
		files = strtol(end + 1, &end, 10);
	if (*end || end == text || size < 1 || size > 1 << 20 || files < 0 || files > 1 << 20)
		return wrong(diags, "-S wants megabytes, and how many files are kept: "
				    "MB or MB,N, not '%s'", text);
	options->file_bytes = (uint64_t)size << 20;
	options->files = (unsigned)files;
	return true;
}

static bool read_compatible(struct options *options, struct diags *diags, const char *version)
{
	if (*version < '0' || *version > '9' || version[strspn(version, "0123456789.")])
		return wrong(diags, "--compatible wants a version like 4.2, not '%s'", version);
	options->language = version;
	return true;
}

static bool read_runtime(struct diags *diags, const char *runtime)
{
	if (!strcmp(runtime, "bpf"))
		return true;
	wrong(diags, "--runtime=%s can not be had", runtime);
	diag_help(diags, "handlers run in the kernel as BPF, or in Spile itself");
	return false;
}

static bool set_resource(struct diags *diags, int resource, const char *text)
{
	struct rlimit limit;
	char *end;

	errno = 0;
	limit.rlim_cur = limit.rlim_max = strtoull(text, &end, 0);
	if (*end || end == text || *text == '-' || errno)
		return wrong(diags, "--rlimit-... wants a number, not '%s'", text);
	if (setrlimit((__rlimit_resource_t)resource, &limit))
		return wrong(diags, "the limit can not be set to %s: %m", text);
	return true;
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
	case 'F':
		return options->background = true;
	case OPTION_POISON_CACHE:
		return options->poison_cache = true;
	case OPTION_QUIET_ERRORS:
		return options->quiet_errors = true;
	case OPTION_NO_LIMITS:
		return options->no_limits = true;
	case OPTION_NO_GLOBALS:
		return options->no_globals = true;
	case OPTION_SKIP_BAD_VARIABLES:
		return options->skip_bad_variables = true;
	case OPTION_EXAMPLE:
		return options->example = true;
	case 'k':
	case 'P':
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
		{OPTION_CLEAN_CACHE, MODE_CLEAN_CACHE},
	};

	for (unsigned i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (modes[i].option == option) {
			options->mode = modes[i].mode;
			return true;
		}
	return false;
}

/* Options whose argument has a form of its own. */
static bool read_form(struct options *options, struct diags *diags, int option)
{
	switch (option) {
	case 'S':
		return read_files(options, diags, optarg);
	case OPTION_VERBOSE_PASSES:
		return read_verbose_passes(options, diags, optarg);
	case OPTION_COMPATIBLE:
		return read_compatible(options, diags, optarg);
	case OPTION_RUNTIME:
		return read_runtime(diags, optarg);
	default:
		return set_resource(diags, option - OPTION_RLIMIT, optarg);
	}
}

static bool read_letter(struct options *options, struct diags *diags, int option)
{
	if (read_flag(options, option) || read_mode(options, option))
		return true;
	refused_option(diags, (const char[]){'-', (char)option, 0});
	return false;
}

static bool read_option(struct options *options, struct arena *arena, struct diags *diags,
			int option, char *const *argv)
{
	if (option == 'S' || option >= OPTION_COMPATIBLE || option == OPTION_VERBOSE_PASSES)
		return read_form(options, diags, option);
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
	case 'E':
		VEC_PUSH(arena, &options->more_scripts, optarg);
		return true;
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
		return read_letter(options, diags, option);
	}
}

/* The script's file, then its arguments. */
static bool read_operands(struct options *options, struct diags *diags, int argc, char **argv)
{
	int at = optind;

	if (options->mode != MODE_RUN)
		return true;
	if (!options->script_text && !(options->more_scripts.n && at == argc)) {
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

/* What needs another option beside it. */
static bool check_together(struct options *options, struct diags *diags)
{
	if (options->file_bytes && !options->output)
		return wrong(diags, "-S wants -o FILE, too");
	if (options->background && !options->output) {
		wrong(diags, "-F wants -o FILE, too");
		diag_help(diags, "probes end with the program that has set them, so it stays in the "
				 "background, and its output has to go somewhere");
		return false;
	}
	if (options->no_limits && !options->guru)
		return wrong(diags, "--suppress-time-limits wants guru mode (-g)");
	if (options->no_limits) {
		limits_define(&options->limits, "MAXACTION=0x7fffffffffffffff");
		limits_define(&options->limits, "MAXTRYLOCK=0x800000");
	}
	if (options->quiet_errors) {
		limits_define(&options->limits, "MAXERRORS=0x7fffffffffffffff");
		limits_define(&options->limits, "MAXSKIPPED=0x7fffffffffffffff");
	}
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
	ok = check_together(options, diags) && ok;
	return ok && read_operands(options, diags, argc, argv);
}
