/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From places in files to probes.
 */
#include <string.h>

#include "compiler/debuginfo/golang.h"
#include "compiler/debuginfo/insn.h"
#include "compiler/debuginfo/returns.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"
#include "runtime/handler/abi.h"

/* ".call", ".return": what follows in the point, from component `first` on. */
static const char *modifiers_from(const struct process_point *process, unsigned first)
{
	struct arena *arena = process->probes->arena;
	const char *text = "";

	for (unsigned i = first; i < process->point->components.n; i++) {
		const struct point_component *component = &process->point->components.v[i];
		const struct expr *argument = component->argument;

		text = arena_printf(arena, "%s.%s", text, component->name);
		if (argument && argument->kind == EXPR_STRING)
			text = arena_printf(arena, "%s(\"%s\")", text, argument->string.text);
		else if (argument && argument->kind == EXPR_NUMBER)
			text = arena_printf(arena, "%s(%lld)", text, (long long)argument->number);
	}
	return text;
}

static const char *modifiers(const struct process_point *process)
{
	return modifiers_from(process, process->first + 1);
}

static const char *file_part(const struct process_point *process, const struct dso *dso)
{
	struct arena *arena = process->probes->arena;

	if (dso->kernel)
		return dso->module ? arena_printf(arena, "module(\"%s\")", dso->module) : "kernel";
	if (process->library && process->programs.n)
		return arena_printf(arena, "process(\"%s\").library(\"%s\")",
				    process->programs.v[0]->path, dso->path);
	if (process->pid)
		return arena_printf(arena, "process(%d)", process->pid);
	return arena_printf(arena, "process(\"%s\")", dso->path);
}

uint64_t process_probed_entry(struct dso *dso, uint64_t address, const char **entered)
{
	struct golang_function function;

	*entered = NULL;
	if (golang_function_at(dso, address, &function) && function.entry == address)
		return golang_entered(dso, &function, entered);
	return insn_probeable_entry(dso, address);
}

/* The point as it would be written for this site alone. */
static const char *concrete_point(const struct process_point *process,
				  const struct process_site *site)
{
	struct arena *arena = process->probes->arena;
	const char *kind = process->point->components.v[process->first].name;
	const char *file = file_part(process, site->dso);

	if (site->mark)
		return arena_printf(arena, "%s.provider(\"%s\").mark(\"%s\")", file,
				    site->mark->provider, site->mark->name);
	if (site->plt)
		return arena_printf(arena, "%s.plt(\"%s\")%s", file, site->plt, modifiers(process));
	if (site->label)
		return arena_printf(arena, "%s.%s(\"%s%s%s\").label(\"%s\")", file, kind,
				    site->function, site->source ? "@" : "",
				    site->source ? site->source : "", site->label);
	if (site->caller)
		return arena_printf(arena, "%s.%s(\"%s\").callee(\"%s\")%s", file, kind,
				    site->caller, site->function,
				    modifiers_from(process, process->first + 2));
	if (!site->function)
		return arena_printf(arena, "%s.%s(0x%llx)%s", file, kind,
				    (unsigned long long)site->address, modifiers(process));
	return arena_printf(arena, "%s.%s(\"%s%s%s\")%s", file, kind, site->function,
			    site->source ? "@" : "", site->source ? site->source : "",
			    modifiers(process));
}

/* NULL, or why it can not be probed. */
static const char *make_kernel_site(const struct process_point *process,
				    const struct process_site *from, struct site *to)
{
	*to = (struct site){
		.kind = from->is_return ? ATTACH_KRETPROBE : ATTACH_KPROBE,
		.module = from->dso->module,
		.function = from->function,
		.source = from->source,
		.pp = concrete_point(process, from),
	};
	return kernel_code_trouble(process->probes, from, &to->address);
}

static bool make_site(const struct process_point *process, const struct process_site *from,
		      uint64_t address, struct site *to)
{
	*to = (struct site){
		.kind = from->is_return && !from->golang ? ATTACH_URETPROBE : ATTACH_UPROBE,
		.path = from->dso->path,
		.address = address,
		.symbol = from->function,
		.function = from->mark ? from->mark->name : from->plt ? from->plt : from->function,
		.source = from->source,
		.argument_words = from->golang ? ARGUMENTS_OF_GO : 0,
		.return_on_top = from->golang && (from->is_return ||
						  (from->at_entry && !from->inlined)),
		.pid = process->pid,
		.ref_ctr_offset = from->mark ? from->mark->semaphore_offset : 0,
		.pp = concrete_point(process, from),
	};
	if (dso_code_offset(from->dso, address, &to->offset))
		return true;
	diag_error(process->probes->diags, process->point->range,
		   "address 0x%llx is not in the code of %s", (unsigned long long)address,
		   from->dso->path);
	return false;
}

/* process("FILE" or PID).function(ADDRESS).return: names this site alone. */
static struct probe_point *exact_point(const struct process_point *process,
				       const struct process_site *site)
{
	struct arena *arena = process->probes->arena;
	struct probe_point *point = ARENA_NEW(arena, struct probe_point);
	struct point_component file = process->point->components.v[0], library = file;
	struct point_component place = process->point->components.v[process->first];

	*point = *process->point;
	memset(&point->components, 0, sizeof(point->components));
	library.name = "library";
	library.argument = expr_string(arena, site->dso->path, file.range);
	if (!process->pid)
		file.argument = library.argument;
	place.argument = expr_number(arena, (int64_t)site->address, place.range);
	VEC_PUSH(arena, &point->components, file);
	if (process->pid && process->library)
		VEC_PUSH(arena, &point->components, library);
	VEC_PUSH(arena, &point->components, place);
	VEC_PUSH(arena, &point->components,
		 process->point->components.v[process->point->components.n - 1]);
	return point;
}

/* Only calls by certain callers. */
static void add_caller_guard(const struct process_point *process, struct probe *probe,
			     const struct process_site *site)
{
	probe->prologue = arena_printf(process->probes->arena, "%s%sif (!%s(%s)) next",
				       probe->prologue ? probe->prologue : "",
				       probe->prologue ? "; " : "", site->is_return ? "@entry" : "",
				       site->guard);
}

/* Go: the way on from where the site is, not the one to a larger stack and back. */
static void add_entry_guard(const struct process_point *process, struct probe *probe,
			    const struct process_site *site)
{
	const char *guard = arena_printf(process->probes->arena, "if (!(%s)) next", site->entered);

	if (site->is_return)
		probe->entry_guard = guard;
	else
		probe->guard = guard;
}

static struct probe *start_probe(struct process_point *process, const struct process_site *site)
{
	struct arena *arena = process->probes->arena;
	struct probe *probe = probe_new(process->probes, process->kernel ? &family_kernel_code :
						&family_process, process->point);
	struct process_site *copy = ARENA_NEW(arena, struct process_site);

	*copy = *site;
	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_PT_REGS;
	probe->user = !process->kernel;
	probe->is_return = site->is_return;
	probe->family_data = copy;
	probe->shared = site->is_return && !process->uses_targets && !site->guard;
	if (site->is_return && !probe->shared && !site->plt)
		probe->point = exact_point(process, site);
	if (!process->kernel)
		process_add_guard(process, probe);
	if (site->entered)
		add_entry_guard(process, probe, site);
	if (site->guard)
		add_caller_guard(process, probe, site);
	VEC_PUSH(arena, process->out, probe);
	return probe;
}

/* Of many functions, those that can not be probed are just not among them. */
static bool report_unsafe(struct process_point *process, const struct process_site *site,
			  const char *why)
{
	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first].range,
		   process->kernel ? "'%s' can not be probed there: %s" :
				     "the return of '%s' can not be probed: %s",
		   site->function ? site->function : "this code", why);
	return false;
}

/* Where the instructions are that the kernel is to stop at. NULL, or why there are none. */
static const char *find_addresses(struct process_site *place, struct golang_returns *addresses)
{
	struct arena *arena = place->dso->debuginfo->arena;
	struct golang_function function;
	const char *why;

	addresses->n = 0;
	place->golang = !place->plt && golang_function_at(place->dso, place->address, &function);
	if (place->is_return && place->golang) {
		process_probed_entry(place->dso, place->address, &place->entered);
		return golang_returns(place->dso, &function, addresses);
	}
	if (place->is_return && !place->plt && (why = returns_unsafe(place->dso, place->address)))
		return why;
	if (place->at_entry || (place->golang && place->address == function.entry))
		place->address = process_probed_entry(place->dso, place->address, &place->entered);
	VEC_PUSH(arena, addresses, place->address);
	return NULL;
}

/* The site's instructions are added to the probe: false after a message. */
static bool attach_at(struct process_point *process, struct probe *probe, struct process_site *place,
		      const struct golang_returns *addresses)
{
	struct arena *arena = process->probes->arena;
	struct process_site entry = *place;
	const char *entered;
	uint64_t address;
	struct site site;

	for (unsigned i = 0; i < addresses->n; i++) {
		if (!make_site(process, place, addresses->v[i], &site))
			return false;
		VEC_PUSH(arena, &probe->sites, site);
	}
	if (!place->golang || !place->is_return)
		return true;
	entry.is_return = false;
	address = process_probed_entry(place->dso, place->address, &entered);
	if (!make_site(process, &entry, address, &site))
		return false;
	VEC_PUSH(arena, &probe->entries, site);
	return true;
}

bool process_add_sites(struct process_point *process, const struct process_site_vec *sites)
{
	struct probe *probes[4] = {NULL, NULL, NULL, NULL};
	struct golang_returns addresses = {.n = 0};
	unsigned before = process->out->n;
	const char *why = NULL;

	for (unsigned i = 0; i < sites->n; i++) {
		struct process_site place = sites->v[i];
		struct site site;
		const char *problem = process->kernel ? make_kernel_site(process, &place, &site)
						      : find_addresses(&place, &addresses);
		struct probe **probe = &probes[2 * (place.golang && place.is_return) +
					       (place.entered != NULL)];

		if (problem) {
			why = problem;
			continue;
		}
		if (!*probe || process->uses_targets || place.guard)
			*probe = start_probe(process, &place);
		if (process->kernel)
			VEC_PUSH(process->probes->arena, &(*probe)->sites, site);
		else if (!attach_at(process, *probe, &place, &addresses))
			return false;
	}
	return process->out->n > before || !why || report_unsafe(process, &sites->v[0], why);
}

/*
 * With -c or -x only the target and what descends from it is meant; process(PID) is only that
 * process, which the site itself says. A library's functions are probed in its program only.
 */
void process_add_guard(struct process_point *process, struct probe *probe)
{
	const struct probe_target *target = &process->probes->target;

	if (process->library && point_string(process->point, 0))
		probe->prologue = process_program_guard(process);
	else if (!process->pid && (target->pid || target->path))
		probe->prologue = "if (!__in_target()) next";
}

/* $$name: where a handler has many sites, what ppfunc() tells of the one that fired. */
struct expr *process_site_name(struct arena *arena, const struct probe *probe, const char *name,
			       struct range range)
{
	struct expr *call;

	if (probe->sites.n < 2)
		return expr_string(arena, name, range);
	call = expr_new(arena, EXPR_CALL, range);
	call->call.name = "ppfunc";
	call->call.name_range = range;
	return call;
}
