/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases that run in both homes: compiled to BPF and linked with the library's bitcode, and
 * compiled for the host; test_handler.c runs both and compares what they left in the globals.
 */
#include "tests/unit/handler_cases.h"

#ifdef __bpf__
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define GLOBAL_SECTION __attribute__((section(".data.spile")))
#define CASE(name) SEC("syscall") int case_##name(void *ctx)
#define ARRAY(name, key, value)                                                                    \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_HASH);                                                   \
		__uint(max_entries, CASES_ENTRIES);                                                \
		__uint(key_size, key);                                                             \
		__uint(value_size, value);                                                         \
	} name SEC(".maps")
#define MAP(name) ((void *)&name)

struct cases_globals spile_globals GLOBAL_SECTION = {.shared = {.state = SESSION_RUNNING}};
char LICENSE[] SEC("license") = "GPL";
#define G (&spile_globals)
#else
#include "runtime/handler/host.h"

struct cases_globals *cases_globals;
#define CASE(name) int case_##name(void *ctx)
#define ARRAY(name, key, value) struct host_map name
#define MAP(name) (&name)
#define G cases_globals
#endif

ARRAY(array_longs, 8, 16);
ARRAY(array_strings, 24, 8 + 40);
ARRAY(array_stats, 16, 8 + 48 + 8 * HIST_LOG_BUCKETS);

#define BEGIN                                                                                      \
	struct run self = {.ctx = ctx, .probe = 7}, *run = &self;                                  \
	u32 n = 0, texts = 0;                                                                      \
	(void)n;                                                                                   \
	(void)texts;                                                                               \
	if (!handler_may_run(0) || frame_claim(run))                                               \
		return 1;                                                                          \
	char *data = run->frame->data;                                                             \
	(void)data;
#define END                                                                                        \
	G->longs = n;                                                                              \
	G->texts = texts;                                                                          \
	frame_release(run, 0);                                                                     \
	return 0;
#define LONG(value) (G->value_of[n++] = (value))
#define TEXT(pointer) str_copy(run, G->text[texts++], CASES_TEXT, pointer)

static const struct stat_shape log_shape = {.buckets = HIST_LOG_BUCKETS, .log = 1, .squares = 1};
static const struct stat_shape linear_shape = {.low = 10, .high = 50, .width = 10, .buckets = 7};

CASE(strings)
{
	BEGIN
	str_copy(run, data, 8, "hello, world");
	TEXT(data);
	str_concat(run, data + 64, 16, data, "abc");
	TEXT(data + 64);
	str_concat(run, data + 128, 12, "0123456789", "abcdef");
	TEXT(data + 128);
	str_concat(run, data + 192, 4, "01234567", "abcdef");
	TEXT(data + 192);
	str_key(run, data + 256, 32, "key");
	TEXT(data + 256);
	END
}

CASE(compare)
{
	BEGIN
	LONG(str_compare(run, "abc", "abc", 3));
	LONG(str_compare(run, "abc", "abd", 3));
	LONG(str_compare(run, "abc", "ab", 3));
	LONG(str_compare(run, "", "a", 3));
	LONG(str_compare(run, "\xff", "a", 3));
	LONG(str_compare(run, "0123456789012345678901234567890a", "0123456789012345678901234567890b", 40));
	LONG(str_compare(run, "0123456789012345678901234567890123", "0123456789012345678901234567890123",
			 400));
	LONG(str_compare(run, "01234567890123456789012345678901234567", "0123456789012345678901234567890123",
			 400));
	LONG(str_compare(run, "0123456789012345678901234567890", "01234567890123456789012345678901", 400));
	END
}

CASE(output)
{
	BEGIN
	out_begin(run, RECORD_PRINT, 3, 100);
	out_long(run, -5);
	out_string(run, "hello", 64);
	out_string(run, "", 64);
	out_long(run, 6);
	out_end(run);
	run->error = 4;
	run->error_arg = 99;
	handler_report(run, 0);
	handler_raise(run, "something went wrong");
	handler_report(run, 0);
	END
}

CASE(large_output)
{
	BEGIN
	out_begin(run, RECORD_PRINT, 1, 20);
	out_long(run, 1);
	out_end(run);
	out_begin(run, RECORD_PRINT, 2, 30000);
	for (int i = 0; i < 8; i++) {
		out_string(run, G->large, MAX_STRING);
		out_long(run, i);
	}
	out_end(run);
	out_begin(run, RECORD_PRINT, 3, 20);
	out_long(run, 3);
	out_end(run);
	END
}

CASE(alone)
{
	struct run self = {.ctx = ctx, .probe = 7, .error = 12, .error_arg = -3}, *run = &self;

	handler_report(run, 0);
	G->longs = G->texts = 0;
	return 0;
}

CASE(longs)
{
	i64 key, result = 0;

	BEGIN
	key = 5;
	LONG(map_get_long(run, MAP(array_longs), &key));
	LONG(map_contains(run, MAP(array_longs), &key));
	LONG(map_add(run, MAP(array_longs), &key, 3, &result));
	LONG(result);
	LONG(map_add(run, MAP(array_longs), &key, -10, &result));
	LONG(result);
	LONG(map_get_long(run, MAP(array_longs), &key));
	LONG(map_set_long(run, MAP(array_longs), &key, 100));
	key = 6;
	LONG(map_set_long(run, MAP(array_longs), &key, 200));
	LONG(map_get_long(run, MAP(array_longs), &key));
	LONG(map_contains(run, MAP(array_longs), &key));
	map_delete(run, MAP(array_longs), &key);
	LONG(map_contains(run, MAP(array_longs), &key));
	map_delete(run, MAP(array_longs), &key);
	map_clear(run, MAP(array_longs));
	key = 5;
	LONG(map_contains(run, MAP(array_longs), &key));
	for (int i = 0; i < CASES_ENTRIES; i++) {
		key = i;
		map_set_long(run, MAP(array_longs), &key, i);
	}
	key = CASES_ENTRIES;
	LONG(map_set_long(run, MAP(array_longs), &key, 1));
	LONG(map_add(run, MAP(array_longs), &key, 1, &result));
	map_clear(run, MAP(array_longs));
	END
}

CASE(string_elements)
{
	BEGIN
	str_key(run, data, 24, "first");
	map_get_string(run, MAP(array_strings), data, data + 64, 40);
	TEXT(data + 64);
	LONG(map_set_string(run, MAP(array_strings), data, "a value", 40));
	map_get_string(run, MAP(array_strings), data, data + 64, 40);
	TEXT(data + 64);
	LONG(map_set_string(run, MAP(array_strings), data, "another value that is longer than the size of it",
			    40));
	map_get_string(run, MAP(array_strings), data, data + 64, 40);
	TEXT(data + 64);
	map_clear(run, MAP(array_strings));
	END
}

CASE(statistics)
{
	struct stat_cell *cell = (struct stat_cell *)G->cell;

	BEGIN
	stat_clear(run, cell, HIST_LOG_BUCKETS);
	LONG(stat_average(cell));
	for (int i = 0; i < 6; i++)
		stat_add(run, cell, G->input[i], &log_shape);
	LONG((i64)cell->count);
	LONG(cell->sum);
	LONG(cell->min);
	LONG(cell->max);
	LONG(stat_average(cell));
	LONG(stat_variance(cell, 0));
	LONG((i64)cell->buckets[0]);
	LONG((i64)cell->buckets[62]);
	LONG((i64)cell->buckets[64]);
	LONG((i64)cell->buckets[65]);
	LONG((i64)cell->buckets[67]);
	LONG((i64)cell->buckets[127]);
	stat_clear(run, cell, linear_shape.buckets);
	for (int i = 0; i < 10; i++)
		stat_add(run, cell, i * 7, &linear_shape);
	for (int i = 0; i < 7; i++)
		LONG((i64)cell->buckets[i]);
	END
}

CASE(variance)
{
	struct stat_cell *cell = (struct stat_cell *)G->cell;

	BEGIN
	stat_clear(run, cell, 0);
	for (i64 i = 1; i <= 5; i++)
		stat_add(run, cell, i, &log_shape);
	LONG(stat_variance(cell, 0));
	stat_clear(run, cell, 0);
	for (i64 i = -3; i <= 3; i++)
		stat_add(run, cell, 1000000000000000 + i * 1000, &log_shape);
	LONG(stat_variance(cell, 0));
	stat_clear(run, cell, 0);
	stat_add(run, cell, -4000000000, &log_shape);
	LONG(stat_variance(cell, 0));
	stat_add(run, cell, 4000000000, &log_shape);
	LONG((i64)stat_variance(cell, 0));
	END
}

CASE(stat_elements)
{
	struct stat_cell *cell;

	BEGIN
	cell = (struct stat_cell *)(data + 512);
	str_key(run, data, 16, "k");
	LONG(map_stat_get(run, MAP(array_stats), data, cell, 48));
	LONG((i64)cell->count);
	for (int i = 0; i < 5; i++)
		LONG(map_stat_add(run, MAP(array_stats), data, i, &log_shape));
	LONG(map_stat_get(run, MAP(array_stats), data, cell, 48 + 8 * HIST_LOG_BUCKETS));
	LONG((i64)cell->count);
	LONG(cell->sum);
	LONG(cell->min);
	LONG(cell->max);
	LONG((i64)cell->buckets[66]);
	map_clear(run, MAP(array_stats));
	END
}

static long count_turn(u32 i, struct run *run)
{
	run->frame->spare[1] += i;
	return i == 99;
}

CASE(loops)
{
	BEGIN
	run->frame->spare[1] = 0;
	LONG(handler_loop(1000, count_turn, run));
	LONG((i64)run->frame->spare[1]);
	LONG(handler_loop(50, count_turn, run));
	LONG(lock_take(run, &G->lock, 100));
	LONG(lock_take(run, &G->lock, 100));
	lock_give(run, &G->lock);
	LONG(lock_take(run, &G->lock, 100));
	lock_give(run, &G->lock);
	END
}

#define NUMBER(value, conversion, flags, width, precision)                                         \
	do {                                                                                       \
		data[0] = 0;                                                                       \
		LONG(format_long(run, data, 64, 0, value, conversion, flags, width, precision));   \
		TEXT(data);                                                                        \
	} while (0)

CASE(numbers)
{
	BEGIN
	NUMBER(0, 'd', 0, -1, -1);
	NUMBER(-1234567890123456789, 'd', 0, -1, -1);
	NUMBER(1ull << 63, 'd', 0, -1, -1);
	NUMBER(-1, 'u', 0, -1, -1);
	NUMBER(42, 'd', FORMAT_PLUS, 6, -1);
	NUMBER(42, 'd', FORMAT_ZERO, 6, -1);
	NUMBER(-42, 'd', FORMAT_ZERO, 6, -1);
	NUMBER(-42, 'd', FORMAT_LEFT, 6, -1);
	NUMBER(42, 'd', FORMAT_ZERO, 6, 4);
	NUMBER(42, 'd', FORMAT_SPACE, -1, -1);
	NUMBER(-1, 'x', 0, -1, -1);
	NUMBER(0xbeef, 'X', FORMAT_ALTERNATE, 8, -1);
	NUMBER(0xbeef, 'x', FORMAT_ALTERNATE | FORMAT_ZERO, 10, -1);
	NUMBER(0xbeef, 'p', 0, -1, -1);
	NUMBER(8, 'o', FORMAT_ALTERNATE, -1, -1);
	NUMBER(0, 'o', FORMAT_ALTERNATE, -1, -1);
	END
}

CASE(characters)
{
	BEGIN
	NUMBER('A', 'c', 0, -1, -1);
	NUMBER('A', 'c', FORMAT_LEFT, 3, -1);
	NUMBER('\n', 'c', FORMAT_ALTERNATE, -1, -1);
	NUMBER(200, 'c', FORMAT_ALTERNATE, 6, -1);
	NUMBER(0x64636261, 'b', 0, 2, -1);
	NUMBER(0x6867666564636261, 'b', 0, -1, -1);
	END
}

CASE(fields)
{
	u32 at = 0;

	BEGIN
	at = format_literal(run, data, 24, at, "<", 1);
	at = format_string(run, data, 24, at, "abc", 0, 5, -1);
	at = format_string(run, data, 24, at, "abc", FORMAT_LEFT, 5, -1);
	at = format_string(run, data, 24, at, "abcdef", 0, -1, 2);
	at = format_string(run, data, 24, at, "", 0, -1, -1);
	LONG(at);
	TEXT(data);
	at = format_string(run, data, 24, at, "0123456789abcdef", 0, -1, -1);
	LONG(at);
	TEXT(data);
	at = format_literal(run, data, 24, at, ">", 1);
	LONG(at);
	END
}

CASE(identity)
{
	u64 value;

	BEGIN
	LONG(fn_pid(run));
	LONG(fn_tid(run));
	LONG(fn_uid(run));
	LONG(fn_gid(run));
	LONG(fn_ppid(run));
	LONG(fn_pgrp(run));
	LONG(fn_sid(run));
	LONG(fn_euid(run));
	LONG(fn_egid(run));
	LONG((i64)thread_pointer(run));
	fn_execname(run, data, 17);
	TEXT(data);
	fn_pexecname(run, data, 17);
	TEXT(data);
	LONG(read_user(run, (u64)G->input[10], 4, &value));
	LONG((i64)value);
	LONG(read_user(run, 8, 8, &value));
	LONG(read_kernel(run, 8, 8, &value));
	LONG(run->error_arg);
	out_begin(run, RECORD_PRINT, 1, 100);
	out_memory(run, (u64)G->input[10], 5, 16, 1);
	out_memory(run, 8, 5, 16, 1);
	LONG(run->error);
	out_end(run);
	END
}

/* Writes the keys of the snapshot as a text, in order. */
static void keys_of_longs(struct run *run, char *text, i64 handle, u32 most)
{
	u32 at = 0;
	i64 key = 0;

	text[0] = 0;
	for (u32 i = 0; i < 6; i++) {
		if (i >= most || iterate_key(run, handle, i, &key, 8))
			break;
		at = format_long(run, text, 128, at, key, 'd', 0, -1, -1);
		at = format_literal(run, text, 128, at, " ", 1);
	}
	iterate_end(run, handle);
}

#define ITERATE(map, key, value, ...)                                                              \
	({                                                                                         \
		static const struct iterate_shape shape_ = {                                       \
			.key_size = key, .value_size = value, __VA_ARGS__};                        \
		iterate_begin(run, MAP(map), &shape_);                                             \
	})

CASE(iterate_longs)
{
	i64 key;

	BEGIN
	for (int i = 0; i < 6; i++) {
		key = i * 7 % 6 * 10 - 20; /* -20 -10 0 10 20 30 */
		map_set_long(run, MAP(array_longs), &key, i * 5 % 6 - 2);
	}
	key = 10;
	map_delete(run, MAP(array_longs), &key);
	map_set_long(run, MAP(array_longs), &key, -5);
	keys_of_longs(run, data, ITERATE(array_longs, 8, 16, .by = 0, .direction = 1), 10);
	TEXT(data);
	keys_of_longs(run, data, ITERATE(array_longs, 8, 16, .by = 1, .direction = 1), 10);
	TEXT(data);
	keys_of_longs(run, data, ITERATE(array_longs, 8, 16, .by = 1, .direction = -1), 3);
	TEXT(data);
	keys_of_longs(run, data, ITERATE(array_longs, 8, 16, .by = 2, .direction = 1), 10);
	TEXT(data);
	keys_of_longs(run, data, ITERATE(array_longs, 8, 16, .by = 2, .direction = -1), 10);
	TEXT(data);
	map_clear(run, MAP(array_longs));
	i64 handle = ITERATE(array_longs, 8, 16, .by = 0, .direction = 1);
	LONG(iterate_count(run, handle));
	LONG(iterate_key(run, handle, 0, &key, 8));
	iterate_end(run, handle);
	END
}

static void keys_of_strings(struct run *run, char *text, i64 handle)
{
	char *key = run->frame->data + 1024;
	u32 at = 0;

	text[0] = 0;
	for (u32 i = 0; i < 6; i++) {
		if (iterate_key(run, handle, i, key, 24))
			break;
		at = format_string(run, text, 128, at, key, 0, -1, -1);
		at = format_literal(run, text, 128, at, " ", 1);
	}
	iterate_end(run, handle);
}

static void put_string(struct run *run, const char *key, const char *value)
{
	char *place = run->frame->data + 1024;

	str_key(run, place, 24, key);
	map_set_string(run, MAP(array_strings), place, value, 40);
}

CASE(iterate_strings)
{
	BEGIN
	put_string(run, "a long key 2", "the same start, z");
	put_string(run, "a long key 1", "the same start, b");
	put_string(run, "b", "the same start, c");
	put_string(run, "", "short");
	keys_of_strings(run, data, ITERATE(array_strings, 24, 48, .by = 0, .direction = 1));
	TEXT(data);
	keys_of_strings(run, data, ITERATE(array_strings, 24, 48, .by = 1, .direction = 1, .string = 40));
	TEXT(data);
	keys_of_strings(run, data, ITERATE(array_strings, 24, 48, .by = 2, .direction = 1, .string = 24));
	TEXT(data);
	keys_of_strings(run, data, ITERATE(array_strings, 24, 48, .by = 2, .direction = -1, .string = 24));
	TEXT(data);
	map_clear(run, MAP(array_strings));
	END
}

CASE(text)
{
	BEGIN
	LONG(fn_strlen(run, ""));
	LONG(fn_strlen(run, G->large));
	fn_substr(run, data, 64, "hello world", 6, 3);
	TEXT(data);
	fn_substr(run, data, 64, "hello world", 6, 30);
	TEXT(data);
	fn_substr(run, data, 64, "hello world", 11, 3);
	TEXT(data);
	fn_substr(run, data, 64, "hello world", -1, 3);
	TEXT(data);
	fn_substr(run, data, 4, "hello world", 0, 30);
	TEXT(data);
	LONG(fn_stringat(run, "abc", 1));
	LONG(fn_stringat(run, "abc", 3));
	LONG(fn_stringat(run, "abc", -1));
	LONG(run->error);
	run->error = 0;
	END
}

CASE(find)
{
	BEGIN
	LONG(fn_strpos(run, "hello world", "world"));
	LONG(fn_strpos(run, "hello world", ""));
	LONG(fn_strpos(run, "hello world", "worlds"));
	LONG(fn_strpos(run, "", "a"));
	LONG(fn_strpos(run, "the longest one of these is the longest one of them", "longest one of them"));
	LONG(fn_strpos(run, "12345678", "12345678"));
	LONG(fn_strpos(run, G->large, "xxxxxxxxxxxxxxxxxxxxxxxxxxxy"));
	LONG(fn_strtol(run, "-123abc", 10));
	LONG(fn_strtol(run, "0xfF", 16));
	LONG(fn_strtol(run, "0xff", 0));
	LONG(fn_strtol(run, "077", 0));
	LONG(fn_strtol(run, "1012", 2));
	LONG(fn_strtol(run, "", 10));
	LONG(fn_span(run, "a,b;c", ",;", 0));
	LONG(fn_span(run, ",;,b;c", ",;", 1));
	LONG(fn_span(run, "abc", "", 0));
	END
}

CASE(replace)
{
	BEGIN
	fn_str_replace(run, data, 128, "a-b-c", "-", "+");
	TEXT(data);
	fn_str_replace(run, data, 128, "--a--", "--", "");
	TEXT(data);
	fn_str_replace(run, data, 128, "aaa", "a", "long replacement ");
	TEXT(data);
	fn_str_replace(run, data, 8, "aaa", "a", "long replacement ");
	TEXT(data);
	fn_str_replace(run, data, 128, "abc", "", "x");
	TEXT(data);
	fn_str_replace(run, data, 128, "abc", "cd", "x");
	TEXT(data);
	str_copy(run, data, 128, "self");
	fn_str_replace(run, data, 128, data, "l", "ll");
	TEXT(data);
	END
}

CASE(escapes)
{
	BEGIN
	fn_text_strn(run, data, 128, "a\n\t\"b\\ '\1\xff", 0, 0);
	TEXT(data);
	fn_text_strn(run, data, 128, "a\nb", 0, 1);
	TEXT(data);
	fn_text_strn(run, data, 128, "0123456789", 10, 1);
	TEXT(data);
	fn_text_strn(run, data, 128, "0123456789", 10, 0);
	TEXT(data);
	fn_text_strn(run, data, 128, "0123456789", 8, 1);
	TEXT(data);
	fn_text_strn(run, data, 9, "0123456\n", 0, 0);
	TEXT(data);
	END
}

CASE(messages)
{
	BEGIN
	fn_log(run, "a log line");
	fn_warn(run, "a warning");
	fn_exit(run);
	fn_exit(run);
	fn_abort(run);
	LONG(run->error);
	handler_report(run, 0);
	LONG(G->shared.state);
	LONG(fn_target(run));
	LONG(fn_is_myproc(run));
	fn_error(run, "an error");
	handler_report(run, 0);
	END
}

CASE(errors)
{
	BEGIN
	fn_errno_name(run, data, 24, 2);
	TEXT(data);
	fn_errno_name(run, data, 24, 133);
	TEXT(data);
	fn_errno_name(run, data, 24, 512);
	TEXT(data);
	fn_errno_name(run, data, 24, 3333);
	TEXT(data);
	fn_errno_name(run, data, 24, -1);
	TEXT(data);
	LONG(fn_randint(run, 1));
	LONG(fn_randint(run, 0));
	LONG(run->error);
	END
}

CASE(user_text)
{
	i64 here = G->input[11];

	BEGIN
	fn_user_string(run, data, 64, here);
	TEXT(data);
	fn_user_string_sleepable(run, data, 6, here);
	TEXT(data);
	fn_user_string_n(run, data, 64, here, 3);
	TEXT(data);
	fn_user_bytes_quoted(run, data, 64, here, 7, 0);
	TEXT(data);
	fn_user_bytes_quoted_sleepable(run, data, 64, here, 30, 20);
	TEXT(data);
	LONG(fn_user_read(run, here, 1));
	LONG(fn_user_read_sleepable(run, here, 8));
	LONG(run->error);
	fn_user_string(run, data, 64, 8);
	TEXT(data);
	TEXT(run->frame->message);
	LONG(run->error);
	run->error = 0;
	LONG(fn_user_read(run, 16, 4));
	LONG(run->error);
	TEXT(run->frame->message);
	fn_kernel_string(run, data, 64, 16);
	fn_cmdline_arg(run, data, 64, 0);
	TEXT(data);
	LONG(fn_has_cmdline_arg(run, 0));
	LONG(fn_has_cmdline_arg(run, 1000));
	fn_env_var(run, data, 64, "HANDLER_TEST");
	TEXT(data);
	fn_env_var(run, data, 64, "HANDLER_TES");
	TEXT(data);
	END
}

CASE(clocks)
{
	BEGIN
	G->value_of[40] = fn_ktime_get_ns(run);
	G->value_of[41] = fn_gettimeofday_ns(run);
	G->value_of[42] = fn_jiffies(run);
	LONG(fn_HZ(run));
	LONG(fn_stp_pid(run));
	END
}

static long hammer_turn(u32 i, struct run *run)
{
	i64 key = i & 1, result;

	map_add(run, MAP(array_longs), &key, 1, &result);
	return 0;
}

/* Adds to elements while the tracer does, too: run on its own. */
CASE(hammer)
{
	BEGIN
	handler_loop(CASES_HAMMER, hammer_turn, run);
	END
}

static long hammer_stats_turn(u32 i, struct run *run)
{
	char *key = run->frame->data;

	map_stat_add(run, MAP(array_stats), key, i, &log_shape);
	return 0;
}

CASE(hammer_stats)
{
	BEGIN
	str_key(run, data, 16, "k");
	handler_loop(CASES_HAMMER, hammer_stats_turn, run);
	END
}
