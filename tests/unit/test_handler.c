/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler library in both homes: every case of handler_cases.c runs in the kernel (by
 * BPF_PROG_TEST_RUN) and here, has to leave the same longs, texts and records in both, and what
 * is written below.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <llvm-c/Core.h>

#include "runtime/handler/host.h"
#include "runtime/handler/iterate.h"
#include "tests/unit/handler_cases.h"
#include "tests/unit/handler_link.h"
#include "tests/unit/test.h"

extern const char cases_bitcode[], cases_bitcode_end[];
extern struct cases_globals *cases_globals;
extern struct host_map array_longs, array_strings, array_stats;

__asm__(".section .rodata\n"
	".balign 16\n"
	"cases_bitcode: .incbin \"tests/unit/handler_cases.bc\"\n"
	"cases_bitcode_end: .byte 0\n"
	".previous\n");

/* ---- what a case left ------------------------------------------------------------------------ */

struct outcome {
	struct cases_globals globals;
	char records[1 << 18];
	size_t size;
};

static void outcome_emit(void *data, const void *records, u32 size)
{
	struct outcome *outcome = data;

	memcpy(outcome->records + outcome->size, records, size);
	outcome->size += size;
}

static int outcome_sample(void *data, void *records, size_t size)
{
	outcome_emit(data, records, (u32)size);
	return 0;
}

/* ---- the kernel home --------------------------------------------------------------------------- */

static struct bpf_object *object;
static struct cases_globals *kernel_globals;
static struct ring_buffer *ring;

enum { HANDLES = 4 }; /* loops over arrays at a time */

static void kernel_open(void)
{
	LLVMMemoryBufferRef image = handler_link(cases_bitcode, cases_bitcode_end);
	struct bpf_map *map;

	if (getenv("HANDLER_OBJECT")) {
		FILE *file = fopen(getenv("HANDLER_OBJECT"), "w");

		fwrite(LLVMGetBufferStart(image), 1, LLVMGetBufferSize(image), file);
		fclose(file);
	}
	object = bpf_object__open_mem(LLVMGetBufferStart(image), LLVMGetBufferSize(image), NULL);
	LLVMDisposeMemoryBuffer(image);
	if (!object)
		return;
	map = bpf_object__find_map_by_name(object, "spile_scratch");
	if (map)
		bpf_map__set_max_entries(map, SCRATCH_LEVELS * (u32)libbpf_num_possible_cpus());
	map = bpf_object__find_map_by_name(object, "spile_iterate_order");
	bpf_map__set_max_entries(map, CASES_ENTRIES * HANDLES);
	map = bpf_object__find_map_by_name(object, "spile_iterate_keys");
	bpf_map__set_max_entries(map, CASES_ENTRIES * HANDLES);
	bpf_map__set_value_size(map, 24 + 40);
	map = bpf_object__find_map_by_name(object, "spile_iterators");
	bpf_map__set_max_entries(map, HANDLES);
	if (bpf_object__load(object))
		return;
	for (u32 i = 0; i < HANDLES; i++) {
		struct iterator iterator = {.start = i * CASES_ENTRIES};

		bpf_map_update_elem(bpf_map__fd(map), &i, &iterator, BPF_ANY);
	}
	bpf_object__for_each_map(map, object)
		if (strcmp(bpf_map__name(map), ".data.spile") == 0 || bpf_map__is_internal(map))
			if (bpf_map__value_size(map) >= sizeof(struct cases_globals))
				kernel_globals = mmap(NULL, sizeof(struct cases_globals),
						      PROT_READ | PROT_WRITE, MAP_SHARED,
						      bpf_map__fd(map), 0);
}

static int map_fd(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

static void kernel_run(const char *name, struct outcome *outcome)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	LIBBPF_OPTS(bpf_test_run_opts, options);

	ring = ring_buffer__new(map_fd("spile_events"), outcome_sample, outcome, NULL);
	CHECK_INT(bpf_prog_test_run_opts(bpf_program__fd(program), &options), 0);
	CHECK_INT(options.retval, 0);
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
}

/* ---- both --------------------------------------------------------------------------------------- */

static const i64 input[] = {5, -3, 0, 1, ~(1ull << 63), 1ull << 63};

static void set_up(struct cases_globals *globals)
{
	memset(globals, 0, sizeof(*globals));
	globals->shared.state = SESSION_RUNNING;
	memcpy(globals->input, input, sizeof(input));
	globals->input[10] = (i64)"\1\2\3\4\5\6";
	globals->input[11] = (i64)"text with a \\ and \t";
	memset(globals->large, 'x', sizeof(globals->large) - 1);
}

/* Whether the tracer thinks that the kernel writes the maps. */
static int shared_maps;

static void map_open(struct host_map *map, const char *name)
{
	struct bpf_map *it = bpf_object__find_map_by_name(object, name);

	map->fd = bpf_map__fd(it);
	map->key_size = bpf_map__key_size(it);
	map->value_size = bpf_map__value_size(it);
	map->max_entries = bpf_map__max_entries(it);
	map->shared = shared_maps;
}

static struct outcome kernel, tracer;

static bool both_run(const char *name, int (*host)(void *ctx))
{
	char program[64];

	if (!object)
		kernel_open();
	if (!kernel_globals) {
		if (geteuid())
			test_skip_reason = "needs root";
		else
			CHECK(!"the kernel takes the programs");
		return false;
	}
	map_open(&array_longs, "array_longs");
	map_open(&array_strings, "array_strings");
	map_open(&array_stats, "array_stats");
	kernel.size = tracer.size = 0;
	set_up(kernel_globals);
	host_set_globals(&kernel_globals->shared);
	snprintf(program, sizeof(program), "case_%s", name);
	kernel_run(program, &kernel);
	kernel.globals = *kernel_globals;

	set_up(&tracer.globals);
	cases_globals = &tracer.globals;
	host_set_globals(&tracer.globals.shared);
	host_set_emit(outcome_emit, &tracer);
	CHECK_INT(host(NULL), 0);
	return true;
}

/* Slots differ; all else has to be the same. */
static void clear_slots(struct outcome *outcome)
{
	for (size_t at = 0; at < outcome->size;) {
		struct record *record = (struct record *)(outcome->records + at);

		record->slot = 0;
		if (!CHECK(record->size >= sizeof(*record) && record->size % 8 == 0))
			return;
		at += record->size;
	}
}

static void both_same(void)
{
	const struct cases_globals *k = &kernel.globals, *t = &tracer.globals;

	CHECK_INT(k->longs, t->longs);
	CHECK_INT(k->texts, t->texts);
	for (u32 i = 0; i < k->longs; i++)
		if (!CHECK_INT(k->value_of[i], t->value_of[i]))
			printf("# long %u differs\n", i);
	for (u32 i = 0; i < k->texts; i++)
		CHECK_STR(k->text[i], t->text[i]);
	clear_slots(&kernel);
	clear_slots(&tracer);
	CHECK_INT((i64)kernel.size, (i64)tracer.size);
	CHECK(memcmp(kernel.records, tracer.records, kernel.size) == 0);
	CHECK_INT((i64)k->shared.lost_records, 0);
	CHECK_INT((i64)k->shared.errors, (i64)t->shared.errors);
}

#define BOTH(name)                                                                                 \
	extern int case_##name(void *ctx);                                                         \
	if (!both_run(#name, case_##name))                                                         \
		return;                                                                            \
	both_same();
#define LONGS(...) check_longs((const i64[]){__VA_ARGS__}, sizeof((const i64[]){__VA_ARGS__}) / 8)
#define TEXTS(...)                                                                                 \
	check_texts((const char *const[]){__VA_ARGS__},                                            \
		    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void check_longs(const i64 *want, size_t n)
{
	CHECK_INT(kernel.globals.longs, (i64)n);
	for (size_t i = 0; i < n && i < kernel.globals.longs; i++)
		if (!CHECK_INT(kernel.globals.value_of[i], want[i]))
			printf("# long %zu\n", i);
}

static void check_texts(const char *const *want, size_t n)
{
	CHECK_INT(kernel.globals.texts, (i64)n);
	for (size_t i = 0; i < n && i < kernel.globals.texts; i++)
		CHECK_STR(kernel.globals.text[i], want[i]);
}

static const struct record *record_at(unsigned n)
{
	size_t at = 0;

	while (n-- && at < kernel.size)
		at += ((const struct record *)(kernel.records + at))->size;
	return at < kernel.size ? (const struct record *)(kernel.records + at) : NULL;
}

/* ---- the tests ---------------------------------------------------------------------------------- */

TEST(strings)
{
	BOTH(strings)
	TEXTS("hello, ", "hello, abc", "0123456789a", "012", "key");
}

TEST(compare)
{
	BOTH(compare)
	LONGS(0, -1, 1, -1, 1, -1, 0, 1, -1);
}

TEST(output)
{
	const struct record *record;

	BOTH(output)
	record = record_at(0);
	REQUIRE(record);
	CHECK_INT(record->kind, RECORD_PRINT);
	CHECK_INT(record->id, 3);
	CHECK_INT(record->probe, 7);
	CHECK_INT(record->size, 16 + 8 + 16 + 8 + 8);
	CHECK_INT(*(const i64 *)(record + 1), -5);
	CHECK_INT(((const u32 *)(record + 1))[2], 5);
	CHECK(memcmp((const char *)(record + 1) + 12, "hello\0\0\0\0\0\0", 8) == 0);
	record = record_at(1);
	REQUIRE(record);
	CHECK_INT(record->kind, RECORD_ERROR);
	CHECK_INT(record->id, 4);
	record = record_at(2);
	REQUIRE(record);
	CHECK_INT(record->id, ERROR_DYNAMIC);
	CHECK_INT(((const u32 *)(record + 1))[2], 20);
	CHECK_STR((const char *)(record + 1) + 12, "something went wrong");
	CHECK_INT((i64)kernel.globals.shared.errors, 2);
}

/* A record larger than a frame's out[] arrives in parts, whole. */
TEST(large_output)
{
	size_t total = 0;
	unsigned parts = 0, n = 0;
	const struct record *record;

	BOTH(large_output)
	for (; (record = record_at(n)); n++) {
		if (record->id != 2)
			continue;
		CHECK_INT(record->kind & ~RECORD_MORE, parts ? RECORD_CONTINUED : RECORD_PRINT);
		parts++;
		total += record->size - sizeof(*record);
	}
	CHECK(parts > 1);
	CHECK_INT((i64)total, 8 * (4 + 4095 + 5 + 8));
	CHECK_INT(record_at(n - 2)->kind, RECORD_CONTINUED);
	CHECK_INT(record_at(n - 1)->id, 3);
}

TEST(alone)
{
	const struct record *record;

	BOTH(alone)
	record = record_at(0);
	REQUIRE(record);
	CHECK_INT(record->kind, RECORD_ERROR);
	CHECK_INT(record->id, 12);
	CHECK_INT(*(const i64 *)(record + 1), -3);
	CHECK_INT(record->size, 32);
}

TEST(longs)
{
	BOTH(longs)
	LONGS(0, 0, 0, 3, 0, -7, -7, 0, 0, 200, 1, 0, 0, -ENOSPC, -ENOSPC);
}

TEST(string_elements)
{
	BOTH(string_elements)
	LONGS(0, 0);
	TEXTS("", "a value", "another value that is longer than the s");
}

TEST(statistics)
{
	BOTH(statistics)
	LONGS(0, 6, 2, INT64_MIN, INT64_MAX, 0, kernel.globals.value_of[6], 1, 1, 1, 1, 1, 1, 2, 1, 2, 1,
	      2, 1, 1);
}

TEST(variance)
{
	BOTH(variance)
	LONGS(2, 4666666, 0, INT64_MAX);
}

TEST(stat_elements)
{
	BOTH(stat_elements)
	LONGS(-ENOENT, 0, 0, 0, 0, 0, 0, 0, 5, 10, 0, 4, 2);
}

TEST(loops)
{
	BOTH(loops)
	LONGS(100, 4950, 50, 0, -1, 0);
}

TEST(numbers)
{
	BOTH(numbers)
	TEXTS("0", "-1234567890123456789", "-9223372036854775808", "18446744073709551615", "   +42",
	      "000042", "-00042", "-42   ", "  0042", " 42", "ffffffffffffffff", "  0XBEEF",
	      "0x0000beef", "0xbeef", "010", "0");
	LONGS(1, 20, 20, 20, 6, 6, 6, 6, 6, 3, 16, 8, 10, 6, 3, 1);
}

TEST(characters)
{
	BOTH(characters)
	TEXTS("A", "A  ", "\\n", "  \\310", "ab", "abcdefgh");
}

TEST(fields)
{
	BOTH(fields)
	TEXTS("<  abcabc  ab", "<  abcabc  ab0123456789");
	LONGS(13, 23, 23);
}

TEST(identity)
{
	BOTH(identity)
	CHECK_INT(kernel.globals.value_of[0], getpid());
	CHECK_INT(kernel.globals.value_of[4], getppid());
	CHECK_INT(kernel.globals.value_of[10], 0);
	CHECK_INT(kernel.globals.value_of[11], 0x04030201);
	CHECK_INT(kernel.globals.value_of[12], -EFAULT);
	CHECK_INT(kernel.globals.value_of[13], -EFAULT);
	CHECK_INT(kernel.globals.value_of[14], 8);
	CHECK_INT(kernel.globals.value_of[15], ERROR_DYNAMIC);
	CHECK_STR(kernel.globals.text[0], "test_handler");
}

TEST(iterate_longs)
{
	BOTH(iterate_longs)
	TEXTS("-20 -10 0 20 30 10 ", "10 -20 30 20 0 -10 ", "-10 0 20 ", "-20 -10 0 10 20 30 ",
	      "30 20 10 0 -10 -20 ");
	LONGS(0, -ENOENT);
}

TEST(iterate_strings)
{
	BOTH(iterate_strings)
	TEXTS("a long key 2 a long key 1 b  ", " a long key 1 b a long key 2 ",
	      " a long key 1 a long key 2 b ", "b a long key 2 a long key 1  ");
}

TEST(text)
{
	BOTH(text)
	LONGS(0, 4095, 'b', 0, 0, ERROR_DYNAMIC);
	TEXTS("wor", "world", "", "", "hel");
}

TEST(find)
{
	BOTH(find)
	LONGS(6, 0, -1, -1, 32, 0, -1, -123, 255, 255, 63, 5, 0, 1, 3, 3);
}

TEST(replace)
{
	BOTH(replace)
	TEXTS("a+b+c", "a", "long replacement long replacement long replacement ", "long re", "abc", "abc",
	      "sellf");
}

TEST(escapes)
{
	BOTH(escapes)
	TEXTS("a\\n\\t\\\"b\\\\ '\\001\\377", "\"a\\nb\"", "\"0123456789\"", "0123456789", "\"01234567\"...",
	      "0123456");
}

TEST(messages)
{
	BOTH(messages)
	CHECK_INT(record_at(0)->kind, RECORD_LOG);
	CHECK_INT(record_at(1)->kind, RECORD_WARN);
	CHECK_INT(record_at(2)->kind, RECORD_EXIT);
	CHECK_INT(record_at(3)->kind, RECORD_ERROR);
	CHECK(!record_at(4));
	LONGS(ERROR_ABORTED, SESSION_STOPPING, 0, 1);
}

TEST(errors)
{
	BOTH(errors)
	TEXTS("ENOENT", "EHWPOISON", "ERESTARTSYS", "", "");
	LONGS(0, 0, ERROR_DYNAMIC);
}

TEST(user_text)
{
	setenv("HANDLER_TEST", "changed after the start", 1);
	BOTH(user_text)
	CHECK_STR(kernel.globals.text[0], "text with a \\ and \t");
	CHECK_STR(kernel.globals.text[1], "text ");
	CHECK_STR(kernel.globals.text[2], "tex");
	CHECK_STR(kernel.globals.text[3], "\"text wi\"");
	CHECK_STR(kernel.globals.text[4], "\"text with a \\\\ and \"...");
	CHECK_STR(kernel.globals.text[6], "read fault at 0x8");
	CHECK_STR(kernel.globals.text[7], "read fault at 0x10");
	CHECK_INT(kernel.globals.value_of[0], 't');
	CHECK_INT(kernel.globals.value_of[2], 0);
	CHECK_INT(kernel.globals.value_of[3], ERROR_DYNAMIC);
}

TEST(clocks)
{
	BOTH(clocks)
	for (int i = 40; i < 43; i++) {
		i64 before = kernel.globals.value_of[i], after = tracer.globals.value_of[i];
		i64 second = i == 42 ? kernel.globals.value_of[0] : 1000000000;

		CHECK(before > 0);
		if (!CHECK(after - before > -second && after - before < second * 10))
			printf("# clock %d: %lld, %lld\n", i, (long long)before, (long long)after);
	}
}

/* Changes in place do the same. */
TEST(shared)
{
	shared_maps = 1;
	BOTH(longs)
	BOTH(string_elements)
	BOTH(stat_elements)
	BOTH(iterate_longs)
	BOTH(iterate_strings)
	CHECK(array_longs.shared && array_longs.op);
	CHECK(array_strings.shared && array_stats.shared);
	host_map_close(&array_longs);
	host_map_close(&array_strings);
	host_map_close(&array_stats);
	shared_maps = 0;
}

enum { HAMMERS = 10 };

static void *hammer(void *name)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	for (int i = 0; i < HAMMERS; i++)
		bpf_prog_test_run_opts(
			bpf_program__fd(bpf_object__find_program_by_name(object, name)), &options);
	return NULL;
}

/* Nothing is lost when kernel and tracer change the same elements at once. */
TEST(atomic)
{
	struct run self = {0}, *run = &self;
	i64 total = 0, result, key;
	pthread_t thread;

	shared_maps = 1;
	BOTH(loops)
	array_longs.shared = 1;
	map_clear(run, &array_longs);
	pthread_create(&thread, NULL, hammer, "case_hammer");
	for (int i = 0; i < 20000; i++) {
		key = i & 1;
		CHECK_INT(map_add(run, &array_longs, &key, 1, &result), 0);
	}
	pthread_join(thread, NULL);
	for (key = 0; key < 2; key++)
		total += map_get_long(run, &array_longs, &key);
	CHECK_INT(total, HAMMERS * CASES_HAMMER + 20000);
	host_map_close(&array_longs);
	shared_maps = 0;
}

TEST(atomic_stats)
{
	static const struct stat_shape shape = {.buckets = HIST_LOG_BUCKETS, .log = 1, .squares = 1};
	struct run self = {0}, *run = &self;
	u64 memory[6 + HIST_LOG_BUCKETS];
	struct stat_cell *cell = (struct stat_cell *)memory;
	char key[16] = "k";
	pthread_t thread;
	u64 total = 0;

	shared_maps = 1;
	BOTH(loops)
	map_clear(run, &array_stats);
	pthread_create(&thread, NULL, hammer, "case_hammer_stats");
	for (int i = 0; i < 5000; i++)
		CHECK_INT(map_stat_add(run, &array_stats, key, -i, &shape), 0);
	pthread_join(thread, NULL);
	CHECK_INT(map_stat_get(run, &array_stats, key, cell, sizeof(memory)), 0);
	CHECK_INT((i64)cell->count, HAMMERS * CASES_HAMMER + 5000);
	CHECK_INT(cell->sum, (i64)HAMMERS * CASES_HAMMER * (CASES_HAMMER - 1) / 2 - 5000 * 4999 / 2);
	CHECK_INT(cell->min, -4999);
	CHECK_INT(cell->max, CASES_HAMMER - 1);
	for (int i = 0; i < HIST_LOG_BUCKETS; i++)
		total += cell->buckets[i];
	CHECK_INT((i64)total, HAMMERS * CASES_HAMMER + 5000);
	host_map_close(&array_stats);
	shared_maps = 0;
}

TEST_MAIN()
