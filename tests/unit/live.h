/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access programs run against a real process: compiles a test program, stops it at a probe's
 * site with ptrace, and evaluates what the compiler made of an expression there. So values are
 * proven without BPF.
 */
#ifndef SPILE_TESTS_UNIT_LIVE_H
#define SPILE_TESTS_UNIT_LIVE_H

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler/probes/families.h"
#include "compiler/syntax/syntax.h"
#include "tests/unit/test.h"

/* ---- compiling ------------------------------------------------------------------------------ */

/* Runs a shell command; whether it succeeded. */
__attribute__((format(printf, 1, 2))) static inline bool live_shell(const char *format, ...)
{
	char command[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command) == 0;
}

static inline const char *live_source(const char *name)
{
	static char path[PATH_MAX];
	const char *top = getenv("SRCDIR");

	snprintf(path, sizeof(path), "%s/tests/probes/programs/%s", top ? top : SPILE_SRCDIR, name);
	return path;
}

/* ---- a process under ptrace ------------------------------------------------------------------ */

struct live {
	pid_t pid;
	uint64_t bias;
	struct user_regs_struct regs;
};

static inline uint64_t live_peek(const struct live *live, uint64_t address, bool *good)
{
	errno = 0;
	uint64_t word = (uint64_t)ptrace(PTRACE_PEEKDATA, live->pid, address, 0);

	*good = errno == 0;
	return word;
}

static inline bool live_bias(struct live *live, const char *path, bool relocatable)
{
	char name[64], line[4096], file[4096];
	FILE *maps;
	unsigned long start, offset;

	live->bias = 0;
	if (!relocatable)
		return true;
	snprintf(name, sizeof(name), "/proc/%d/maps", live->pid);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%*x %*s %lx %*s %*s %4095s", &start, &offset, file) == 3 &&
		    !offset && !strcmp(file, path)) {
			live->bias = start;
			fclose(maps);
			return true;
		}
	}
	if (maps)
		fclose(maps);
	return false;
}

static inline bool live_start(struct live *live, const char *path, bool relocatable)
{
	int status;

	fflush(stdout);
	live->pid = fork();
	if (!live->pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execl(path, path, NULL);
		_exit(127);
	}
	if (live->pid < 0 || waitpid(live->pid, &status, 0) < 0 || !WIFSTOPPED(status))
		return false;
	return live_bias(live, path, relocatable);
}

static inline void live_end(struct live *live)
{
	kill(live->pid, SIGKILL);
	waitpid(live->pid, NULL, 0);
}

static inline bool live_continue(struct live *live)
{
	int status;

	do {
		if (ptrace(PTRACE_CONT, live->pid, 0, 0) || waitpid(live->pid, &status, 0) < 0 ||
		    !WIFSTOPPED(status) || WSTOPSIG(status) == SIGSEGV)
			return false;
	} while (WSTOPSIG(status) != SIGTRAP);
	return true;
}

/*
 * Runs to the first of the addresses that is reached: its index, or -1. There, instructions are
 * what they were and rip points to the one that was reached.
 */
static inline int live_run_to_any(struct live *live, const uint64_t *addresses, unsigned n)
{
	unsigned char *bytes = calloc(n, 1);
	bool good, stopped;
	int which = -1;

	for (unsigned i = 0; i < n; i++) {
		uint64_t word = live_peek(live, addresses[i], &good);

		bytes[i] = (unsigned char)word;
		ptrace(PTRACE_POKEDATA, live->pid, addresses[i], (word & ~0xffULL) | 0xcc);
	}
	stopped = live_continue(live);
	for (unsigned i = n; stopped && i-- > 0;) {
		uint64_t word = live_peek(live, addresses[i], &good);

		ptrace(PTRACE_POKEDATA, live->pid, addresses[i], (word & ~0xffULL) | bytes[i]);
	}
	free(bytes);
	if (!stopped || ptrace(PTRACE_GETREGS, live->pid, 0, &live->regs))
		return -1;
	live->regs.rip--;
	ptrace(PTRACE_SETREGS, live->pid, 0, &live->regs);
	for (unsigned i = 0; i < n; i++)
		if (addresses[i] == live->regs.rip)
			which = (int)i;
	return which;
}

static inline bool live_run_to(struct live *live, uint64_t address)
{
	return live_run_to_any(live, &address, 1) == 0;
}

/* ---- the machine ----------------------------------------------------------------------------- */

static inline uint64_t live_register(const struct live *live, int64_t number)
{
	const struct user_regs_struct *r = &live->regs;
	const uint64_t registers[] = { r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi, r->rbp, r->rsp,
				       r->r8,  r->r9,  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15,
				       r->rip };

	return registers[number];
}

static inline uint64_t live_extend(uint64_t value, unsigned bits, bool is_signed)
{
	if (bits >= 64)
		return value;
	value <<= 64 - bits;
	return is_signed ? (uint64_t)((int64_t)value >> (64 - bits)) : value >> (64 - bits);
}

static inline bool live_binary(enum access_op op, int64_t a, int64_t b, uint64_t *result)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op) {
	case ACCESS_ADD: *result = ua + ub; return true;
	case ACCESS_SUB: *result = ua - ub; return true;
	case ACCESS_MUL: *result = ua * ub; return true;
	case ACCESS_DIV: *result = b ? (uint64_t)(a / b) : 0; return b != 0;
	case ACCESS_MOD: *result = b ? (uint64_t)(a % b) : 0; return b != 0;
	case ACCESS_AND: *result = ua & ub; return true;
	case ACCESS_OR: *result = ua | ub; return true;
	case ACCESS_XOR: *result = ua ^ ub; return true;
	case ACCESS_SHL: *result = ub < 64 ? ua << ub : 0; return true;
	case ACCESS_SHR: *result = ub < 64 ? ua >> ub : 0; return true;
	case ACCESS_SHRA: *result = (uint64_t)(a >> (ub < 64 ? ub : 63)); return true;
	case ACCESS_EQ: *result = a == b; return true;
	case ACCESS_NE: *result = a != b; return true;
	case ACCESS_LT: *result = a < b; return true;
	case ACCESS_LE: *result = a <= b; return true;
	case ACCESS_GT: *result = a > b; return true;
	case ACCESS_GE: *result = a >= b; return true;
	default: return false;
	}
}

static inline bool live_value(const struct live *live, const struct expr *expr, uint64_t *value);

/* Runs an access program; false when it faults or is not well formed. */
static inline bool live_access(const struct live *live, const struct access *access,
			       uint64_t *value)
{
	uint64_t stack[128], word;
	unsigned n = 0;
	bool good = true;

	for (unsigned i = 0; i < access->steps.n && good && n < 120; i++) {
		const struct access_step *step = &access->steps.v[i];
		unsigned bits = step->size * 8;

		switch (step->op) {
		case ACCESS_CONST:
			stack[n++] = (uint64_t)step->operand;
			break;
		case ACCESS_REGISTER:
			stack[n++] = live_register(live, step->operand);
			break;
		case ACCESS_RESULT:
			stack[n++] = live->regs.rax;
			break;
		case ACCESS_THREAD_POINTER:
			stack[n++] = live->regs.fs_base;
			break;
		case ACCESS_EXPR:
			good = live_value(live, access->exprs.v[step->operand], &stack[n++]);
			break;
		case ACCESS_READ_USER:
			word = live_peek(live, stack[n - 1], &good);
			stack[n - 1] = live_extend(word, bits, step->is_signed);
			break;
		case ACCESS_ADD_CONST:
			stack[n - 1] += (uint64_t)step->operand;
			break;
		case ACCESS_NEG:
			stack[n - 1] = -stack[n - 1];
			break;
		case ACCESS_NOT:
			stack[n - 1] = ~stack[n - 1];
			break;
		case ACCESS_ABS:
			stack[n - 1] = (int64_t)stack[n - 1] < 0 ? -stack[n - 1] : stack[n - 1];
			break;
		case ACCESS_DUP:
			stack[n] = stack[n - 1];
			n++;
			break;
		case ACCESS_DROP:
			n--;
			break;
		case ACCESS_SWAP:
			word = stack[n - 1];
			stack[n - 1] = stack[n - 2];
			stack[n - 2] = word;
			break;
		case ACCESS_OVER:
			stack[n] = stack[n - 2];
			n++;
			break;
		case ACCESS_PICK:
			stack[n] = stack[n - 1 - (unsigned)step->operand];
			n++;
			break;
		case ACCESS_ROT:
			word = stack[n - 1];
			stack[n - 1] = stack[n - 2];
			stack[n - 2] = stack[n - 3];
			stack[n - 3] = word;
			break;
		case ACCESS_SIGN_EXTEND:
			stack[n - 1] = live_extend(stack[n - 1], bits, true);
			break;
		case ACCESS_ZERO_EXTEND:
			stack[n - 1] = live_extend(stack[n - 1], bits, false);
			break;
		case ACCESS_BITS:
			stack[n - 1] = live_extend(stack[n - 1] >> step->operand, step->size,
						   step->is_signed);
			break;
		default:
			n--;
			good = live_binary(step->op, (int64_t)stack[n - 1], (int64_t)stack[n],
					   &stack[n - 1]);
		}
	}
	*value = stack[0];
	return good && n == 1;
}

static inline bool live_value(const struct live *live, const struct expr *expr, uint64_t *value)
{
	uint64_t left, right;

	switch (expr->kind) {
	case EXPR_NUMBER:
		*value = (uint64_t)expr->number;
		return true;
	case EXPR_TARGET:
		return expr->target->access && live_access(live, expr->target->access, value);
	case EXPR_BINARY:
		if (!live_value(live, expr->binary.left, &left) ||
		    !live_value(live, expr->binary.right, &right))
			return false;
		return live_binary(expr->binary.op == BINARY_ADD ? ACCESS_ADD :
				   expr->binary.op == BINARY_SUB ? ACCESS_SUB : ACCESS_MUL,
				   (int64_t)left, (int64_t)right, value);
	default:
		return false;
	}
}

/* ---- scripts ---------------------------------------------------------------------------------- */

struct script {
	struct arena *arena;
	struct diags diags;
	struct probes probes;
	struct probe_vec out;
	struct expr *expr; /* resolved for out.v[0], or NULL */
};

static inline struct expr *script_parse(struct script *script, const char *text,
					const struct probe_point **point)
{
	static const struct syntax_options options = { .kernel_version = "6.1.0",
						       .kernel_release = "6.1.0", .arch = "x86_64",
						       .runtime = "bpf", .language_version = "5.0" };
	struct syntax syntax = { .arena = script->arena, .diags = &script->diags,
				 .options = &options };
	struct script_file *file;

	file = syntax_parse(&syntax, source_from_text(script->arena, "test", text));
	if (script->diags.errors || !file->probes.n)
		return NULL;
	*point = file->probes.v[0]->points.v[0];
	return file->probes.v[0]->body->block.v[0]->expr;
}

static inline void script_open(struct script *script)
{
	memset(script, 0, sizeof(*script));
	script->arena = arena_new();
	script->diags.arena = script->arena;
	script->diags.max = 100;
	script->probes.arena = script->arena;
	script->probes.diags = &script->diags;
}

static inline void script_close(struct script *script)
{
	probes_release(&script->probes);
	arena_free(script->arena);
}

/* Expands the point and resolves one expression (a target) at the probe `which`. */
static inline bool script_expand(struct script *script, const char *point_text,
				 const char *expr_text)
{
	const struct probe_point *point;
	char text[2048];

	snprintf(text, sizeof(text), "probe %s { %s }", point_text, expr_text);
	script->expr = script_parse(script, text, &point);
	script->out.n = 0;
	return script->expr && probes_expand(&script->probes, point, USES_TARGETS, false, &script->out) &&
	       script->out.n > 0;
}

static inline struct expr *script_resolve(struct script *script, unsigned which)
{
	struct probe *probe = script->out.v[which];
	struct expr *expr = expr_copy(script->arena, script->expr);

	return probe->family->resolve(&script->probes, probe, expr);
}

#endif
