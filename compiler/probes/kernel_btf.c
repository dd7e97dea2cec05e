/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own description: BTF, and what it says about functions and tracepoints.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compiler/probes/kernel.h"

enum { ARGUMENT_REGISTERS = 6 };

struct kernel_state *kernel_state(struct probes *probes)
{
	struct kernel_state *state = probes->family_state[SLOT_KERNEL];

	if (state)
		return state;
	state = ARENA_NEW(probes->arena, struct kernel_state);
	state->vmlinux = btf_file_open(BTF_VMLINUX, NULL, &state->error);
	probes->family_state[SLOT_KERNEL] = state;
	return state;
}

const struct btf_file *kernel_btf(struct probes *probes, const char **error)
{
	struct kernel_state *state = kernel_state(probes);

	if (error)
		*error = state->error;
	return state->vmlinux;
}

const struct btf_file *kernel_module_btf(struct probes *probes, const char *module)
{
	struct kernel_state *state = kernel_state(probes);
	struct kernel_module found = {.name = module};
	const char *error;

	if (!module || !state->vmlinux)
		return state->vmlinux;
	for (unsigned i = 0; i < state->modules.n; i++)
		if (!strcmp(state->modules.v[i].name, module))
			return state->modules.v[i].btf;
	if (strpbrk(module, "*?[/"))
		return NULL;
	found.btf = btf_file_open(arena_printf(probes->arena, "/sys/kernel/btf/%s", module),
				  state->vmlinux, &error);
	VEC_PUSH(probes->arena, &state->modules, found);
	return found.btf;
}

void kernel_release(struct probes *probes)
{
	struct kernel_state *state = probes->family_state[SLOT_KERNEL];

	for (unsigned i = 0; state && i < state->modules.n; i++)
		btf_file_close(state->modules.v[i].btf);
	if (state)
		btf_file_close(state->vmlinux);
	probes->family_state[SLOT_KERNEL] = NULL;
}

/* ---- prototypes --------------------------------------------------------------------------------- */

static void read_prototype(struct probes *probes, const struct btf_file *btf, uint32_t id,
			   unsigned skip, struct kernel_function *function)
{
	const struct btf_type *func = btf_file_type(btf, id);
	const struct btf_type *proto = func ? btf_file_type(btf, func->type) : NULL;

	if (!proto || BTF_INFO_KIND(proto->info) != BTF_KIND_FUNC_PROTO)
		return;
	function->btf = btf;
	function->id = id;
	function->result = proto->type;
	for (unsigned i = skip; i < BTF_INFO_VLEN(proto->info); i++) {
		const struct btf_param *param = &btf_type_params(proto)[i];
		struct kernel_parameter parameter = {btf_file_name(btf, param->name_off),
						     param->type};

		if (!param->type) /* "...": what follows is not known */
			break;
		VEC_PUSH(probes->arena, function, parameter);
	}
}

void kernel_find_function(struct probes *probes, const char *name, const char *module,
			  struct kernel_function *function)
{
	const struct btf_file *btf = kernel_module_btf(probes, module);
	uint32_t id = btf ? btf_file_find(btf, name, BTF_KIND_FUNC) : 0;

	memset(function, 0, sizeof(*function));
	if (id)
		read_prototype(probes, btf, id, 0, function);
}

/*
 * A trampoline for more arguments than registers have room for is a matter of the kernel's version,
 * which only an attempt to attach tells.
 */
static bool attaches(int prog)
{
	int link = bpf_raw_tracepoint_open(NULL, prog);

	if (link < 0)
		return false;
	close(link);
	return true;
}

/* A descriptor of what the kernel has as the BTF of a module, or -1. */
static int open_module_btf(const char *module)
{
	uint32_t id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		char name[64] = "";
		struct bpf_btf_info info = {.name = (uintptr_t)name, .name_len = sizeof(name)};
		uint32_t size = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.kernel_btf &&
		    !strcmp(name, module))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

bool kernel_can_trampoline(struct probes *probes, const struct kernel_function *function,
			   const char *module, bool at_return)
{
	struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int btf = module ? open_module_btf(module) : 0;
	union bpf_attr attr;
	bool can;
	long fd;

	(void)probes;
	if (btf < 0)
		return false;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = at_return ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
	attr.attach_btf_id = function->id;
	attr.attach_btf_obj_fd = (uint32_t)btf;
	attr.insns = (uint64_t)(uintptr_t)program;
	attr.insn_cnt = 2;
	attr.license = (uint64_t)(uintptr_t)"GPL";
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (module)
		close(btf);
	if (fd < 0)
		return false;
	can = kernel_argument_word(function, function->n) <= ARGUMENT_REGISTERS ||
	      attaches((int)fd);
	close((int)fd);
	return can;
}

/* A kernel that knows the cookie gets as far as the program, which is none. */
bool kernel_can_tell_raw_tracepoints(void)
{
	struct {
		uint64_t name;
		uint32_t prog_fd, pad;
		uint64_t cookie;
	} attr = {.prog_fd = (uint32_t)-1, .cookie = 1};

	return syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)) < 0 &&
	       errno == EBADF;
}

bool kernel_tracepoint_exists(struct probes *probes, const char *name)
{
	const struct btf_file *btf = kernel_btf(probes, NULL);

	return btf && btf_file_find(btf, arena_printf(probes->arena, "btf_trace_%s", name),
				    BTF_KIND_TYPEDEF);
}

void kernel_find_tracepoint(struct probes *probes, const char *name,
			    struct kernel_function *function)
{
	/* The typedef that says a tracepoint exists has no names; these functions do. */
	static const char *const prefixes[] = {"__traceiter_", "__bpf_trace_"};
	const struct btf_file *btf = kernel_btf(probes, NULL);

	memset(function, 0, sizeof(*function));
	if (!kernel_tracepoint_exists(probes, name))
		return;
	for (unsigned i = 0; i < 2 && !function->id; i++) {
		uint32_t id = btf_file_find(
			btf, arena_printf(probes->arena, "%s%s", prefixes[i], name), BTF_KIND_FUNC);

		if (id)
			read_prototype(probes, btf, id, 1, function);
	}
}

int kernel_function_parameter(const struct kernel_function *function, const char *name)
{
	for (unsigned i = 0; i < function->n; i++)
		if (!strcmp(function->v[i].name, name))
			return (int)i;
	return -1;
}

const char *kernel_type_spelling(struct probes *probes, const struct kernel_function *function,
				 uint32_t type)
{
	return btf_file_spell(function->btf, probes->arena, type);
}
