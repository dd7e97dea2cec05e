/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links handlers of the tracer home into this process. */
#include "runtime/load/tracer.h"

#include <bpf/bpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/handler/host.h"
#include "runtime/load/host_object.h"

static bool is_shared(const struct loaded *loaded, const struct unit_global *global)
{
	return loaded->maps && shared_maps_is_array(global->map);
}

/* Arrays of a live session are everybody's. */
static bool keep_map(struct loaded *loaded, const struct unit_global *global, int fd,
		     struct diags *diags)
{
	if (!is_shared(loaded, global) || shared_maps_keep(loaded->maps, global->map, fd))
		return true;
	diag_error(diags, (struct range){0}, "out of memory");
	return false;
}

/* Without a kernel object there are no maps yet: the same ones are made here. */
static bool make_map(struct loaded *loaded, unsigned index, struct diags *diags)
{
	const struct unit_global *global = &loaded->unit->globals.v[index];
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int fd = is_shared(loaded, global) ? shared_maps_find(loaded->maps, global->map) : -1;

	if (fd >= 0) {
		loaded->map_fds[index] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		return loaded->map_fds[index] >= 0;
	}
	if (!global->reused)
		opts.map_flags = BPF_F_NO_PREALLOC;
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "spile_array", global->key_bytes,
			    global->value_bytes, global->max_entries, &opts);
	if (fd < 0) {
		char text[160];
		const char *missing = fd == -EPERM ? privilege_missing(text, sizeof(text)) : NULL;

		diag_error(diags, (struct range){0}, "cannot make the array '%s': %s",
			   global->name, missing ? missing : strerror(-fd));
		return false;
	}
	loaded->map_fds[index] = fd;
	return keep_map(loaded, global, fd, diags);
}

static bool prepare_maps(struct loaded *loaded, struct diags *diags)
{
	const struct unit *unit = loaded->unit;

	loaded->host_maps = calloc(unit->globals.n + 1, sizeof(*loaded->host_maps));
	for (unsigned i = 0; loaded->host_maps && i < unit->globals.n; i++) {
		const struct unit_global *global = &unit->globals.v[i];

		if (!global->map)
			continue;
		if (loaded->map_fds[i] < 0 && !make_map(loaded, i, diags))
			return false;
		loaded->host_maps[i] = (struct host_map){
			.fd = loaded->map_fds[i],
			.key_size = global->key_bytes,
			.value_size = global->value_bytes,
			.max_entries = global->max_entries,
			.shared = loaded->object || loaded->maps,
		};
	}
	return loaded->host_maps;
}

/* The script's globals and arrays, the handler library, libc's mem* and str*. */
static void *resolve(void *data, const char *name)
{
	struct loaded *loaded = data;
	void *library;

	if (!strcmp(name, "spile_globals"))
		return loaded->shared;
	for (unsigned i = 0; i < loaded->unit->globals.n; i++)
		if (loaded->unit->globals.v[i].map && !strcmp(loaded->unit->globals.v[i].map, name))
			return &loaded->host_maps[i];
	library = host_symbol(name);
	return library ? library : dlsym(RTLD_DEFAULT, name);
}

static bool find_function(struct loaded *loaded, const char *symbol, int (**function)(void *),
			  struct diags *diags)
{
	*function = (int (*)(void *))host_object_symbol(loaded->host, symbol);
	if (!*function)
		diag_error(diags, (struct range){0}, "no function '%s' in the host object", symbol);
	return *function;
}

static bool find_handlers(struct loaded *loaded, struct diags *diags)
{
	for (unsigned i = 0; i < loaded->unit->handlers.n; i++) {
		const struct unit_handler *handler = &loaded->unit->handlers.v[i];
		struct loaded_handler *code = &loaded->handlers[i];

		if (handler->home == HOME_TRACER &&
		    !find_function(loaded, handler->symbol, &code->function, diags))
			return false;
		if (handler->condition &&
		    !find_function(loaded, handler->condition, &code->condition, diags))
			return false;
	}
	return true;
}

bool tracer_link(struct loaded *loaded, struct diags *diags)
{
	const struct unit *unit = loaded->unit;
	char error[256];

	host_set_globals(loaded->shared);
	if (!prepare_maps(loaded, diags))
		return false;
	if (!unit->host_object)
		return true;
	loaded->host = host_object_load(unit->host_object, unit->host_object_size, resolve, loaded,
					error, sizeof(error));
	if (!loaded->host) {
		diag_error(diags, (struct range){0}, "the tracer's handlers cannot be linked: %s",
			   error);
		return false;
	}
	return find_handlers(loaded, diags);
}

/* Maps of the BPF object are closed with it. */
void tracer_unlink(struct loaded *loaded)
{
	host_object_free(loaded->host);
	if (!loaded->maps) {
		host_release();
		host_set_globals(NULL);
	}
	for (unsigned i = 0; !loaded->object && loaded->map_fds && i < loaded->unit->globals.n; i++)
		if (loaded->map_fds[i] >= 0)
			close(loaded->map_fds[i]);
	for (unsigned i = 0; loaded->host_maps && i < loaded->unit->globals.n; i++)
		host_map_close(&loaded->host_maps[i]);
	free(loaded->host_maps);
}
