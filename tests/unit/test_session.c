// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Load, attach and session, with a unit made by hand: kernel handlers compiled by clang, tracer
 * handlers by the C compiler. What is printed is captured in a file.
 */
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include "runtime/session/session.h"
#include "tests/unit/test.h"

__asm__(".section .rodata\n"
	".globl session_kernel, session_kernel_end, session_tracer, session_tracer_end\n"
	".balign 16\n"
	"session_kernel:\n"
	".incbin \"tests/unit/session_kernel.o\"\n"
	"session_kernel_end:\n"
	".balign 16\n"
	"session_tracer:\n"
	".incbin \"tests/unit/session_tracer.o\"\n"
	"session_tracer_end:\n"
	".previous\n");
extern const char session_kernel[], session_kernel_end[], session_tracer[], session_tracer_end[];

#define TARGET "tests/unit/session_target"

static uint64_t file_offset(const char *path, const char *name)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf;
	Elf_Scn *section = NULL;
	uint64_t offset = 0;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	while ((section = elf_nextscn(elf, section))) {
		Elf64_Shdr *header = elf64_getshdr(section);
		Elf64_Sym *symbols;

		if (!header || header->sh_type != SHT_SYMTAB)
			continue;
		symbols = elf_getdata(section, NULL)->d_buf;
		for (size_t i = 0; i < header->sh_size / sizeof(*symbols); i++) {
			Elf64_Shdr *in;

			if (strcmp(elf_strptr(elf, header->sh_link, symbols[i].st_name), name))
				continue;
			in = elf64_getshdr(elf_getscn(elf, symbols[i].st_shndx));
			offset = symbols[i].st_value - in->sh_addr + in->sh_offset;
		}
	}
	elf_end(elf);
	close(fd);
	return offset;
}

/* One script: a probe of work(), begin and end. */
struct fixture {
	struct arena *arena;
	struct diags diags;
	struct unit unit;
	struct site sites[3];
	struct features features;
	struct loaded loaded;
	struct attachments attachments;
	struct command_target target;
	struct output out;
	char path[64];
	char *text; /* what was printed */
	uint64_t lost; /* records */
};

static struct directive literal(const char *text)
{
	return (struct directive){DIRECTIVE_LITERAL, 0, WIDTH_NONE, WIDTH_NONE, text,
				  (unsigned)strlen(text)};
}

static struct directive conversion(enum directive_kind kind)
{
	return (struct directive){kind, 0, WIDTH_NONE, WIDTH_NONE, NULL, 0};
}

static void add_format(struct fixture *fixture, unsigned n, const struct directive *directives)
{
	struct unit_format format = {.n_directives = n};
	struct directive *copy = ARENA_ARRAY(fixture->arena, struct directive, n);

	memcpy(copy, directives, n * sizeof(*copy));
	format.directives = copy;
	VEC_PUSH(fixture->arena, &fixture->unit.formats, format);
}

static void add_handler(struct fixture *fixture, const char *symbol, enum home home,
			const struct site *site)
{
	struct unit_handler handler = {
		.symbol = symbol,
		.home = home,
		.context = home == HOME_KERNEL ? CONTEXT_PT_REGS : CONTEXT_NONE,
		.name = symbol,
		.position = "test.stp:1:1",
		.needs_frame = true,
		.n_sites = 1,
		.sites = site,
	};

	VEC_PUSH(fixture->arena, &fixture->unit.handlers, handler);
}

static void make_unit(struct fixture *fixture, const char *begin)
{
	struct unit_error error = {.message = "no luck with %d", .position = "test.stp:7:3",
				   .near = "'luck'"};

	fixture->arena = arena_new();
	fixture->diags.arena = fixture->arena;
	fixture->unit.arena = fixture->arena;
	fixture->unit.limits.max_skipped = 100;
	fixture->unit.kernel_object = session_kernel;
	fixture->unit.kernel_object_size = (size_t)(session_kernel_end - session_kernel);
	fixture->unit.host_object = session_tracer;
	fixture->unit.host_object_size = (size_t)(session_tracer_end - session_tracer);
	add_format(fixture, 5, (struct directive[]){literal("hit "), conversion(DIRECTIVE_SIGNED),
						    literal(" "), conversion(DIRECTIVE_STRING),
						    literal("\n")});
	add_format(fixture, 1, (struct directive[]){literal("begin\n")});
	add_format(fixture, 3, (struct directive[]){literal("end "), conversion(DIRECTIVE_SIGNED),
						    literal("\n")});
	VEC_PUSH(fixture->arena, &fixture->unit.errors, error);
	fixture->sites[0] = (struct site){.kind = ATTACH_UPROBE,
					  .path = realpath(TARGET, NULL),
					  .offset = file_offset(TARGET, "work")};
	fixture->sites[1] = (struct site){.kind = ATTACH_BEGIN};
	fixture->sites[2] = (struct site){.kind = ATTACH_END};
	add_handler(fixture, "hit", HOME_KERNEL, &fixture->sites[0]);
	add_handler(fixture, begin, HOME_TRACER, &fixture->sites[1]);
	add_handler(fixture, "on_end", HOME_TRACER, &fixture->sites[2]);
}

static char *read_text(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	if (pread(fd, text, (size_t)size, 0) != size)
		text[0] = 0;
	return text;
}

/* Runs the whole; the exit status, or -1 when it could not even start. */
static int run(struct fixture *fixture, const char *command, struct session_options options)
{
	struct load_options load = {.features = &fixture->features};
	int fd, status = -1;

	strcpy(fixture->path, "/tmp/spile-test-XXXXXX");
	fd = mkstemp(fixture->path);
	unlink(fixture->path);
	output_open(&fixture->out, fd);
	if (command && !target_command(&fixture->target, &fixture->diags, command))
		goto out;
	if (!command)
		fixture->target = (struct command_target){.pidfd = -1, .gate = -1, .report = -1};
	if (unit_load(&fixture->loaded, &fixture->unit, &fixture->diags, &load) &&
	    attach_all(&fixture->attachments, &fixture->loaded, &fixture->diags))
		status = session_run(&fixture->loaded, &fixture->attachments, &fixture->target,
				     &fixture->out, &options);
	if (fixture->loaded.shared)
		fixture->lost = fixture->loaded.shared->lost_records;
out:
	attach_undo(&fixture->attachments);
	unit_unload(&fixture->loaded);
	target_release(&fixture->target);
	output_close(&fixture->out);
	fixture->text = read_text(fd);
	close(fd);
	return status;
}

static void release(struct fixture *fixture)
{
	free((void *)fixture->sites[0].path);
	free(fixture->text);
	arena_free(fixture->arena);
}

static unsigned count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

TEST(begin_hits_and_end_come_in_order)
{
	struct fixture fixture = {0};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	CHECK_INT(run(&fixture, TARGET " 3", (struct session_options){0}), 0);
	CHECK_STR(fixture.text, "begin\nhit 1 text\nhit 2 text\nhit 3 text\nend 3\n");
	release(&fixture);
}

TEST(without_uprobe_multi_a_site_is_a_perf_event)
{
	struct fixture fixture = {.features.known[FEATURE_UPROBE_MULTI] = -1};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	CHECK_INT(run(&fixture, TARGET " 2", (struct session_options){0}), 0);
	CHECK_STR(fixture.text, "begin\nhit 1 text\nhit 2 text\nend 2\n");
	release(&fixture);
}

static void check_process_filter(bool multi)
{
	struct fixture fixture = {.features.known[FEATURE_UPROBE_MULTI] = multi ? 0 : -1};

	make_unit(&fixture, "on_begin");
	fixture.sites[0].pid = getpid(); /* not the one that runs work() */
	CHECK_INT(run(&fixture, TARGET " 2", (struct session_options){0}), 0);
	CHECK_STR(fixture.text, "begin\nend 0\n");
	release(&fixture);
}

TEST(a_site_of_one_process_does_not_fire_in_others)
{
	if (geteuid())
		SKIP("needs root");
	check_process_filter(true);
	check_process_filter(false);
}

TEST(a_site_that_is_refused_is_a_warning_then_an_error)
{
	struct fixture fixture = {0};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	free((void *)fixture.sites[0].path);
	fixture.sites[0].path = strdup("/no/such/file");
	CHECK_INT(run(&fixture, NULL, (struct session_options){.timeout = 0.01}), -1);
	CHECK_INT(fixture.diags.n, 2);
	CHECK_STR(fixture.diags.v[0].message,
		  "probe hit (test.stp:1:1) is not attached: No such file or directory");
	CHECK_STR(fixture.diags.v[1].message,
		  "probe hit (test.stp:1:1): none of its sites can be attached");
	release(&fixture);
}

TEST(json_is_one_object_a_line)
{
	struct fixture fixture = {0};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	CHECK_INT(run(&fixture, TARGET " 1", (struct session_options){.json = true}), 0);
	CHECK_STR(fixture.text, "{\"type\":\"print\",\"text\":\"begin\\n\"}\n"
				"{\"type\":\"print\",\"text\":\"hit 1 text\\n\"}\n"
				"{\"type\":\"print\",\"text\":\"end 1\\n\"}\n");
	release(&fixture);
}

TEST(every_hit_is_printed_or_counted)
{
	enum { HITS = 300000 };
	struct fixture fixture = {0};
	char last[64];

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	CHECK_INT(run(&fixture, TARGET " 300000", (struct session_options){.no_warnings = true}),
		  0);
	snprintf(last, sizeof(last), "end %d\n", HITS);
	CHECK(strlen(fixture.text) > strlen(last));
	CHECK_STR(fixture.text + strlen(fixture.text) - strlen(last), last);
	CHECK_INT(count_lines(fixture.text) + fixture.lost, HITS + 2);
	release(&fixture);
}

TEST(an_error_in_begin_ends_the_session)
{
	struct fixture fixture = {0};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_fault");
	CHECK_INT(run(&fixture, TARGET " 3", (struct session_options){.json = true}), 1);
	CHECK(strstr(fixture.text,
		     "{\"type\":\"error\",\"message\":\"no luck with 42 near 'luck'\","
		     "\"position\":\"test.stp:7:3\",\"probe\":\"on_fault\"}\n"));
	CHECK(!strstr(fixture.text, "hit"));
	CHECK(!strstr(fixture.text, "end"));
	release(&fixture);
}

TEST(a_time_limit_ends_the_session)
{
	struct fixture fixture = {0};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	CHECK_INT(run(&fixture, NULL, (struct session_options){.timeout = 0.05}), 0);
	CHECK_STR(fixture.text, "begin\nend 0\n");
	release(&fixture);
}

TEST(a_refused_program_is_reported_as_its_probe)
{
	struct load_options options = {0};
	struct fixture fixture = {0};

	if (geteuid())
		SKIP("needs root");
	make_unit(&fixture, "on_begin");
	options.features = &fixture.features;
	fixture.unit.handlers.v[0].symbol = "refused";
	fixture.unit.handlers.v[0].name = "process.function(\"work\")";
	CHECK(!unit_load(&fixture.loaded, &fixture.unit, &fixture.diags, &options));
	CHECK(fixture.diags.n >= 3);
	CHECK_STR(fixture.diags.v[0].message,
		  "probe process.function(\"work\") (test.stp:1:1) cannot be loaded: "
		  "the kernel's verifier refused it");
	CHECK(!strncmp(fixture.diags.v[1].message, "the verifier says: invalid bpf_context access",
		       45));
	CHECK(strstr(fixture.diags.v[2].message, "return *(volatile int *)"));
	unit_unload(&fixture.loaded);
	release(&fixture);
}

TEST(a_command_that_is_not_there_is_an_error)
{
	struct fixture fixture = {0};

	make_unit(&fixture, "on_begin");
	CHECK(!target_command(&fixture.target, &fixture.diags, "no-such-program-here x"));
	CHECK_INT(fixture.diags.errors, 1);
	CHECK_STR(fixture.diags.v[0].message,
		  "cannot run 'no-such-program-here': no such program in $PATH");
	release(&fixture);
}

TEST_MAIN()
