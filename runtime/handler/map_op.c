/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes in place, from the tracer, of elements that the kernel changes at the same time:
 * bpf(2) can only replace an element, and would lose what was added meanwhile. A small program
 * for each map does them, run by BPF_PROG_TEST_RUN; what to do stands in a mapped array.
 */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

/*
 *   0                  sizeof(struct map_op)     + key size, 8-aligned
 *   | struct map_op    | key                     | value      |
 */
struct map_op {
	u64 kind;
	u64 offset;   /* in the value */
	u64 operand;
	u64 expected; /* OP_EXCHANGE */
	u64 result;   /* what was there before */
};

enum op_kind {
	OP_ADD,
	OP_EXCHANGE, /* operand when there is what is expected */
	OP_COPY,     /* all of the value behind its sequence number */
};

/* What a shared map has: in host_map.op. */
struct host_map_op {
	int program, array;
	size_t bytes;
	struct map_op *op;
	char *key, *value;
};

/* ---- the program ---------------------------------------------------------------------------------- */

#define INSN(code_, dst, src, offset_, value_)                                                     \
	((struct bpf_insn){.code = (code_),                                                        \
			   .dst_reg = (dst),                                                       \
			   .src_reg = (src),                                                       \
			   .off = (short)(offset_),                                                \
			   .imm = (int)(value_)})
#define MOVE(dst, src) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define MOVE_NUMBER(dst, n) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, n)
#define ADD(dst, src) INSN(BPF_ALU64 | BPF_ADD | BPF_X, dst, src, 0, 0)
#define ADD_NUMBER(dst, n) INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, n)
#define LOAD(dst, src, at) INSN(BPF_LDX | BPF_MEM | BPF_DW, dst, src, at, 0)
#define STORE(dst, at, src) INSN(BPF_STX | BPF_MEM | BPF_DW, dst, src, at, 0)
#define ATOMIC(what, dst, at, src) INSN(BPF_STX | BPF_ATOMIC | BPF_DW, dst, src, at, what)
#define LOAD_MAP(dst, fd) INSN(BPF_LD | BPF_IMM | BPF_DW, dst, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define CALL(helper) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define JUMP_EQUAL(dst, n, by) INSN(BPF_JMP | BPF_JEQ | BPF_K, dst, 0, by, n)
#define JUMP_ABOVE(dst, n, by) INSN(BPF_JMP | BPF_JGT | BPF_K, dst, 0, by, n)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define FIELD(name) (short)offsetof(struct map_op, name)

/* r6: the array's element, r7: the map's. Returns 0, or 1: there is no such element. */
static int op_program(const struct host_map *map, int array)
{
	u32 value = (u32)sizeof(struct map_op) + ALIGN8(map->key_size);
	const struct bpf_insn insns[] = {
		MOVE_NUMBER(1, 0),
		STORE(10, -8, 1),
		MOVE(2, 10),
		ADD_NUMBER(2, -8),
		LOAD_MAP(1, array),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_EQUAL(0, 0, 7), /* to `none` */
		MOVE(6, 0),
		MOVE(2, 6),
		ADD_NUMBER(2, sizeof(struct map_op)),
		LOAD_MAP(1, map->fd),
		CALL(BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 0, 0, 2, 0),
		/* none: */
		MOVE_NUMBER(0, 1),
		EXIT,
		MOVE(7, 0),
		LOAD(1, 6, FIELD(kind)),
		JUMP_EQUAL(1, OP_COPY, 15),
		LOAD(2, 6, FIELD(offset)),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, -8),
		JUMP_ABOVE(2, map->value_size - 8, 18), /* to `done` */
		ADD(7, 2),
		LOAD(3, 6, FIELD(operand)),
		JUMP_EQUAL(1, OP_EXCHANGE, 4),
		ATOMIC(BPF_ADD | BPF_FETCH, 7, 0, 3),
		STORE(6, FIELD(result), 3),
		MOVE_NUMBER(0, 0),
		EXIT,
		/* OP_EXCHANGE: */
		LOAD(0, 6, FIELD(expected)),
		ATOMIC(BPF_CMPXCHG, 7, 0, 3),
		STORE(6, FIELD(result), 0),
		MOVE_NUMBER(0, 0),
		EXIT,
		/* OP_COPY: */
		MOVE(1, 7),
		ADD_NUMBER(1, 8),
		MOVE_NUMBER(2, map->value_size - 8),
		MOVE(3, 6),
		ADD_NUMBER(3, value + 8),
		CALL(BPF_FUNC_probe_read_kernel),
		/* done: */
		MOVE_NUMBER(0, 0),
		EXIT,
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);

	return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "spile_map_op", "GPL", insns,
			     sizeof(insns) / sizeof(*insns), &options);
}

/* ---- its life ---------------------------------------------------------------------------------------- */

static void op_free(struct host_map_op *op)
{
	if (op->op && op->op != MAP_FAILED)
		munmap(op->op, op->bytes);
	if (op->program >= 0)
		close(op->program);
	if (op->array >= 0)
		close(op->array);
	free(op);
}

static struct host_map_op *op_new(const struct host_map *map)
{
	u32 key = ALIGN8(map->key_size), size = (u32)sizeof(struct map_op) + key + map->value_size;
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	struct host_map_op *op = calloc(1, sizeof(*op));
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!op)
		return NULL;
	op->bytes = (size + page - 1) / page * page;
	op->array = bpf_map_create(BPF_MAP_TYPE_ARRAY, "spile_map_op", 4, size, 1, &options);
	op->program = op->array < 0 ? -1 : op_program(map, op->array);
	if (op->program >= 0)
		op->op = mmap(NULL, op->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, op->array, 0);
	if (!op->op || op->op == MAP_FAILED) {
		op_free(op);
		return NULL;
	}
	op->key = (char *)(op->op + 1);
	op->value = op->key + key;
	return op;
}

void host_map_close(struct host_map *map)
{
	if (map->op)
		op_free(map->op);
	map->op = NULL;
}

/* ---- what it does ------------------------------------------------------------------------------------ */

/* 1: done; 0: there is no such element; -1: it can't be done. */
static int op_run(struct host_map *map, const void *key)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	memcpy(map->op->key, key, map->key_size);
	if (bpf_prog_test_run_opts(map->op->program, &options))
		return -1;
	return options.retval == 0;
}

/* Whether the map is changed by the kernel too, and can be changed in place. */
static int op_ready(struct host_map *map)
{
	if (!map->shared)
		return 0;
	if (!map->op)
		map->op = op_new(map);
	if (!map->op)
		map->shared = 0;
	return map->shared;
}

/* Adds to the 8 bytes at offset; *before: what was there. */
static int op_add(struct host_map *map, const void *key, u32 offset, u64 delta, u64 *before)
{
	int done;

	*map->op->op = (struct map_op){.kind = OP_ADD, .offset = offset, .operand = delta};
	done = op_run(map, key);
	*before = map->op->op->result;
	return done;
}

/* Replaces 8 bytes that are `expected`; *before: what was there. */
static int op_exchange(struct host_map *map, const void *key, u32 offset, u64 expected, u64 value,
		       u64 *before)
{
	int done;

	*map->op->op = (struct map_op){OP_EXCHANGE, offset, value, expected, 0};
	done = op_run(map, key);
	*before = map->op->op->result;
	return done;
}

/* Replaces the value, all but its sequence number. */
static int op_copy(struct host_map *map, const void *key, const void *value)
{
	*map->op->op = (struct map_op){.kind = OP_COPY};
	memcpy(map->op->value, value, map->value_size);
	return op_run(map, key);
}
