/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads a unit: the BPF object through libbpf, the host object through host_object.h. */
#include "runtime/load/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/handler/handler.h"
#include "runtime/handler/iterate.h"
#include "runtime/load/host_object.h"
#include "runtime/load/kernel_abi.h"
#include "runtime/load/prime.h"
#include "runtime/load/tracer.h"
#include "runtime/load/verifier.h"

#define GLOBALS_MAP ".data.spile"

/* For handlers that print, and for those that at most report errors: a large one takes time. */
enum { RING_DEFAULT = 16 << 20, RING_QUIET = 256 << 10 };

/* ---- programs ------------------------------------------------------------------------------ */

/* What a handler's program is for the kernel. */
struct program_kind {
	enum bpf_prog_type type;
	int attach_type;
	bool sleepable;       /* whatever the handler says */
	const char *target;   /* BTF name to attach to */
};

static enum attach_kind handler_kind(const struct unit_handler *handler)
{
	return handler->n_sites ? handler->sites[0].kind : ATTACH_NEVER;
}

static struct program_kind tracing_kind(const struct unit_handler *handler)
{
	switch (handler_kind(handler)) {
	case ATTACH_TP_BTF:
		return (struct program_kind){BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, false,
					     handler->sites[0].symbol};
	case ATTACH_FENTRY:
		return (struct program_kind){BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, false,
					     handler->sites[0].symbol};
	case ATTACH_FEXIT:
		return (struct program_kind){BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, false,
					     handler->sites[0].symbol};
	default:
		return (struct program_kind){.type = BPF_PROG_TYPE_RAW_TRACEPOINT};
	}
}

static bool is_uprobe(enum attach_kind kind)
{
	return kind == ATTACH_UPROBE || kind == ATTACH_URETPROBE;
}

static struct program_kind program_kind(struct loaded *loaded, const struct unit_handler *handler)
{
	struct program_kind kind = {.type = BPF_PROG_TYPE_KPROBE};

	switch (handler->context) {
	case CONTEXT_PT_REGS:
		if (handler_kind(handler) == ATTACH_KPROBE_MULTI ||
		    handler_kind(handler) == ATTACH_KRETPROBE_MULTI)
			kind.attach_type = BPF_TRACE_KPROBE_MULTI;
		if (is_uprobe(handler_kind(handler)) &&
		    feature_has(loaded->features, FEATURE_UPROBE_MULTI))
			kind.attach_type = ABI_TRACE_UPROBE_MULTI;
		return kind;
	case CONTEXT_ARGS:
		return tracing_kind(handler);
	case CONTEXT_TRACEPOINT:
		return (struct program_kind){.type = BPF_PROG_TYPE_TRACEPOINT};
	case CONTEXT_PERF:
		return (struct program_kind){.type = BPF_PROG_TYPE_PERF_EVENT};
	case CONTEXT_NONE:
	case CONTEXT_SYSCALL:
		break;
	}
	return (struct program_kind){.type = BPF_PROG_TYPE_SYSCALL, .sleepable = true};
}

static bool prepare_program(struct loaded *loaded, unsigned index, struct diags *diags)
{
	const struct unit_handler *handler = &loaded->unit->handlers.v[index];
	struct bpf_program *prog =
		bpf_object__find_program_by_name(loaded->object, handler->symbol);
	struct program_kind kind = program_kind(loaded, handler);
	bool sleepable = handler->sleepable && is_uprobe(handler_kind(handler)) &&
			 feature_has(loaded->features, FEATURE_SLEEPABLE_UPROBE);
	int error = 0;

	if (!prog) {
		diag_error(diags, (struct range){0}, "no program '%s' in the BPF object",
			   handler->symbol);
		return false;
	}
	loaded->handlers[index].uprobe_multi = kind.attach_type == ABI_TRACE_UPROBE_MULTI;
	bpf_program__set_type(prog, kind.type);
	bpf_program__set_expected_attach_type(prog, (enum bpf_attach_type)kind.attach_type);
	if (sleepable || kind.sleepable)
		bpf_program__set_flags(prog, bpf_program__flags(prog) | BPF_F_SLEEPABLE);
	bpf_program__set_autoload(prog, true);
	if (kind.target)
		error = bpf_program__set_attach_target(prog, 0, kind.target);
	if (error)
		diag_error(diags, (struct range){0}, "probe %s (%s): the kernel has no '%s': %s",
			   handler->name, handler->position, kind.target, strerror(-error));
	return !error;
}

static void describe_program(struct loaded_handler *handler)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(handler->prog_fd, &info, &size))
		return;
	handler->insns = info.xlated_prog_len / sizeof(struct bpf_insn);
	handler->verified_insns = info.verified_insns;
}

/* ---- maps ---------------------------------------------------------------------------------- */

/* What prints in the kernel has a frame. */
static uint64_t default_ring(const struct unit *unit)
{
	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (unit->handlers.v[i].home == HOME_KERNEL && unit->handlers.v[i].needs_frame)
			return RING_DEFAULT;
	return RING_QUIET;
}

static uint64_t ring_size(uint64_t wanted)
{
	uint64_t size = (uint64_t)getpagesize();

	while (size < wanted && size < UINT64_C(1) << 30)
		size *= 2;
	return size;
}

/* What runtime/handler/iterate.h asks for: room for the keys of the largest array. */
struct iteration {
	uint32_t entries, key, text, handles;
};

enum { ITERATION_FEW = 4, ITERATION_BYTES = 64 << 20 };

/* As deep as handlers nest loops, on each CPU; fewer when that would take much memory. */
static uint32_t iteration_handles(const struct unit *unit, const struct iteration *iteration)
{
	uint64_t bytes = (uint64_t)iteration->entries *
			 (iteration->key + iteration->text + sizeof(struct iterate_order));
	uint32_t least = unit->iterations > ITERATION_FEW ? unit->iterations : ITERATION_FEW;
	uint64_t handles = (uint64_t)unit->iterations * (uint64_t)libbpf_num_possible_cpus();

	if (handles * bytes > ITERATION_BYTES)
		handles = ITERATION_BYTES / bytes;
	handles = handles > least ? handles : least;
	return (uint32_t)(handles < ITERATE_MOST_HANDLES ? handles : ITERATE_MOST_HANDLES);
}

static struct iteration iteration_of(const struct unit *unit)
{
	struct iteration it = {1, 8, 0, 0};

	for (unsigned i = 0; i < unit->globals.n; i++) {
		const struct unit_global *global = &unit->globals.v[i];
		uint32_t bytes = global->type == TYPE_STRING ? ALIGN8(global->bound + 1) : 0;

		if (!global->is_array)
			continue;
		it.entries = global->max_entries > it.entries ? global->max_entries : it.entries;
		it.key = global->key_bytes > it.key ? global->key_bytes : it.key;
		it.text = bytes > it.text ? bytes : it.text;
	}
	it.handles = iteration_handles(unit, &it);
	return it;
}

static void size_iteration(const struct unit *unit, struct bpf_map *map)
{
	struct iteration it = iteration_of(unit);

	if (!strcmp(bpf_map__name(map), "spile_iterators")) {
		bpf_map__set_max_entries(map, it.handles);
		return;
	}
	bpf_map__set_max_entries(map, it.entries * it.handles);
	if (!strcmp(bpf_map__name(map), "spile_iterate_keys"))
		bpf_map__set_value_size(map, it.key + it.text);
}

/* Where each loop's elements begin. */
static void place_iterations(const struct loaded *loaded)
{
	int fd = bpf_object__find_map_fd_by_name(loaded->object, "spile_iterators");
	struct iteration it = iteration_of(loaded->unit);

	for (uint32_t i = 0; fd >= 0 && i < it.handles; i++) {
		struct iterator iterator = {.start = (uint64_t)i * it.entries};

		bpf_map_update_elem(fd, &i, &iterator, BPF_ANY);
	}
}

/* Sizes that are only known here: the ring buffer's, one frame a CPU and level. */
static void prepare_map(struct loaded *loaded, struct bpf_map *map, uint64_t ring_bytes)
{
	const char *name = bpf_map__name(map);

	if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF) {
		loaded->ring_bytes = ring_size(ring_bytes ? ring_bytes
							: default_ring(loaded->unit));
		bpf_map__set_max_entries(map, (uint32_t)loaded->ring_bytes);
	} else if (bpf_map__value_size(map) == sizeof(struct frame)) {
		bpf_map__set_max_entries(map, (uint32_t)(SCRATCH_LEVELS *
							 libbpf_num_possible_cpus()));
	} else if (!strcmp(name, GLOBALS_MAP)) {
		bpf_map__set_map_flags(map, bpf_map__map_flags(map) | BPF_F_MMAPABLE);
	} else if (!strcmp(name, "spile_counters")) {
		bpf_map__set_max_entries(map, (uint32_t)(MAX_COUNTERS * libbpf_num_possible_cpus()));
	} else if (!strncmp(name, "spile_iterat", strlen("spile_iterat"))) {
		size_iteration(loaded->unit, map);
	}
}

static void prepare_maps(struct loaded *loaded, const struct load_options *options)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, loaded->object)
		prepare_map(loaded, map, options->ring_bytes);
}

static bool map_globals(struct loaded *loaded, const struct bpf_map *map, struct diags *diags)
{
	size_t page = (size_t)getpagesize();
	void *at;

	loaded->shared_bytes = (bpf_map__value_size(map) + page - 1) / page * page;
	at = mmap(NULL, loaded->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map),
		  0);
	if (at == MAP_FAILED) {
		diag_error(diags, (struct range){0}, "the script's globals cannot be mapped: %m");
		return false;
	}
	loaded->shared = at;
	return true;
}

static bool find_maps(struct loaded *loaded, struct diags *diags)
{
	const struct unit *unit = loaded->unit;
	struct bpf_map *map;

	place_iterations(loaded);
	bpf_object__for_each_map(map, loaded->object) {
		if (loaded->maps)
			break;
		if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
			loaded->ring_fd = bpf_map__fd(map);
		else if (!strcmp(bpf_map__name(map), GLOBALS_MAP) &&
			 !map_globals(loaded, map, diags))
			return false;
	}
	for (unsigned i = 0; i < unit->globals.n; i++)
		if (unit->globals.v[i].map)
			loaded->map_fds[i] = bpf_object__find_map_fd_by_name(
				loaded->object, unit->globals.v[i].map);
	return true;
}

/* Without a kernel object nobody but this process looks at the globals. */
static bool make_private_globals(struct loaded *loaded, struct diags *diags)
{
	size_t bytes = loaded->unit->globals_size > sizeof(struct shared)
			       ? loaded->unit->globals_size
			       : sizeof(struct shared);
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		diag_error(diags, (struct range){0}, "no memory for %zu bytes of globals", bytes);
		return false;
	}
	if (loaded->unit->globals_init)
		memcpy(at, loaded->unit->globals_init, loaded->unit->globals_size);
	loaded->shared = at;
	loaded->shared_bytes = bytes;
	return true;
}

/* ---- in a live session ------------------------------------------------------------------- */

static void borrow_globals(struct loaded *loaded)
{
	loaded->shared = loaded->maps->shared;
	loaded->shared_bytes = loaded->maps->shared_bytes;
	loaded->ring_fd = loaded->maps->ring_fd;
	loaded->ring_bytes = loaded->maps->ring_bytes;
}

void loaded_scalar(const struct loaded *loaded, const struct unit_global *global, void *value)
{
	const void *at = (const char *)loaded->shared + global->offset;

	if (global->cells == 1)
		memcpy(value, at, global->size);
	else if (global->type == TYPE_STATS)
		spread_gather(value, global->size, at, global->stride, global->cells);
	else
		*(int64_t *)value = spread_sum(at, global->stride, global->cells);
}

/* Scalars that are new to the session get their first values; all that is new, a free lock. */
static void initialise_globals(struct loaded *loaded)
{
	const struct unit *unit = loaded->unit;

	for (unsigned i = 0; i < unit->globals.n; i++) {
		const struct unit_global *global = &unit->globals.v[i];

		if (loaded->maps && global->fresh)
			memset((char *)loaded->shared + global->lock_offset, 0, 8);
		if (global->fresh)
			memcpy((char *)loaded->shared + global->offset,
			       (const char *)unit->globals_init + global->offset, global->size);
	}
}

static bool share_maps(struct loaded *loaded, struct diags *diags,
		       int (*how)(struct shared_maps *maps, struct bpf_object *object))
{
	int error = loaded->maps ? how(loaded->maps, loaded->object) : 0;

	if (error)
		diag_error(diags, (struct range){0}, "the session's maps cannot be shared: %s",
			   strerror(-error));
	return !error;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static bool open_object(struct loaded *loaded, struct diags *diags)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "spile");

	loaded->object = bpf_object__open_mem(loaded->unit->kernel_object,
					      loaded->unit->kernel_object_size, &opts);
	if (!loaded->object)
		diag_error(diags, (struct range){0}, "libbpf does not take the BPF object: %m");
	return loaded->object;
}

static bool load_object(struct loaded *loaded, struct diags *diags,
			const struct load_options *options)
{
	const struct unit *unit = loaded->unit;
	struct bpf_program *prog;
	int error;

	if (!open_object(loaded, diags))
		return false;
	bpf_object__for_each_program(prog, loaded->object)
		bpf_program__set_autoload(prog, false);
	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (unit->handlers.v[i].home == HOME_KERNEL && !prepare_program(loaded, i, diags))
			return false;
	prepare_maps(loaded, options);
	if (!share_maps(loaded, diags, shared_maps_lend))
		return false;
	error = bpf_object__load(loaded->object);
	free(loaded->log);
	loaded->log = verifier_log_take();
	verifier_log_start();
	if (error) {
		verifier_report(diags, unit, loaded->log, -error, options->verbose >= 2);
		return false;
	}
	for (unsigned i = 0; i < unit->handlers.n; i++) {
		if (unit->handlers.v[i].home != HOME_KERNEL)
			continue;
		prog = bpf_object__find_program_by_name(loaded->object, unit->handlers.v[i].symbol);
		loaded->handlers[i].prog_fd = bpf_program__fd(prog);
		describe_program(&loaded->handlers[i]);
	}
	return share_maps(loaded, diags, shared_maps_adopt) && find_maps(loaded, diags);
}

static bool allocate(struct loaded *loaded)
{
	const struct unit *unit = loaded->unit;

	loaded->ring_fd = -1;
	loaded->handlers = calloc(unit->handlers.n + 1, sizeof(*loaded->handlers));
	loaded->map_fds = calloc(unit->globals.n + 1, sizeof(int));
	if (!loaded->handlers || !loaded->map_fds)
		return false;
	for (unsigned i = 0; i < unit->handlers.n; i++)
		loaded->handlers[i].prog_fd = -1;
	for (unsigned i = 0; i < unit->globals.n; i++)
		loaded->map_fds[i] = -1;
	return true;
}

static bool check_privilege(struct loaded *loaded, struct diags *diags)
{
	char text[160];
	const char *missing = privilege_missing(text, sizeof(text));

	(void)loaded;
	if (missing)
		diag_error(diags, (struct range){0}, "%s", missing);
	return !missing;
}

bool unit_load(struct loaded *loaded, const struct unit *unit, struct diags *diags,
	       const struct load_options *options)
{
	bool ok;

	loaded->unit = unit;
	loaded->features = options->features;
	loaded->maps = options->maps;
	if (!allocate(loaded)) {
		diag_error(diags, (struct range){0}, "out of memory");
		return false;
	}
	if (unit->kernel_object) {
		if (!check_privilege(loaded, diags))
			return false;
		verifier_log_start();
		ok = load_object(loaded, diags, options);
		free(verifier_log_take());
	} else {
		ok = loaded->maps || make_private_globals(loaded, diags);
	}
	if (!ok)
		return false;
	if (loaded->maps) {
		borrow_globals(loaded);
		initialise_globals(loaded);
	}
	if (!loaded->shared) {
		diag_error(diags, (struct range){0}, "the BPF object has no section " GLOBALS_MAP);
		return false;
	}
	if (!tracer_link(loaded, diags))
		return false;
	if (loaded->object || loaded->maps)
		prime_maps(loaded);
	return true;
}

void unit_unload(struct loaded *loaded)
{
	tracer_unlink(loaded);
	if (loaded->shared && !loaded->maps)
		munmap(loaded->shared, loaded->shared_bytes);
	bpf_object__close(loaded->object);
	free(loaded->handlers);
	free(loaded->map_fds);
	free(loaded->log);
	*loaded = (struct loaded){.ring_fd = -1};
}
