/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoints: kernel.trace("system:name"), kernel.trace("name"), with wildcards.
 *
 * A handler can get at the record of a trace event, whose fields tracefs describes, or at the
 * arguments that the kernel hands to the tracepoint, which BTF describes, but not at both. A
 * probe begins with the record. When its body uses a name that only the arguments have, it
 * moves over to them, and what was already resolved with it. A handler that looks at neither
 * needs no record and is attached in the cheapest way.
 */
#include <string.h>

#include "compiler/probes/families.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/tracefs.h"

static const char *const patterns[] = {
	"kernel.trace(string)",
	"kernel.tracepoint(string)",
	NULL,
};

/* A target that was resolved, so that it can move from the record to the arguments. */
struct resolved {
	struct expr *expr;
	const char *name;
};

/* family_data of a probe with one site */
struct trace_data {
	const struct trace_event *event;
	struct kernel_function arguments; /* the tracepoint's; not found: .id == 0 */
	bool looked_up;
	bool uses_arguments;
	struct {
		VEC(struct resolved);
	} fields; /* those taken from the record so far */
};

/* ---- expansion -------------------------------------------------------------------------------- */

static void report_no_tracefs(struct probes *probes, struct range range)
{
	diag_error(probes->diags, range,
		   "tracefs is not mounted: what tracepoints there are is not known");
	diag_help(probes->diags, "mount -t tracefs nodev /sys/kernel/tracing");
}

static void report_unknown(struct probes *probes, struct range range, const char *wanted)
{
	struct trace_name_vec all = {0};
	const char *colon = strchr(wanted, ':');
	struct suggest suggest;

	if (!tracefs_path()) {
		report_no_tracefs(probes, range);
		return;
	}
	diag_error(probes->diags, range,
		   strpbrk(wanted, "*?[") ? "no tracepoint matches '%s'" : "unknown tracepoint '%s'",
		   wanted);
	tracefs_list(probes->arena, "*", "*", &all);
	suggest_start(&suggest, wanted);
	for (unsigned i = 0; i < all.n; i++)
		suggest_offer(&suggest, colon ? arena_printf(probes->arena, "%s:%s", all.v[i].system,
							     all.v[i].name)
					      : all.v[i].name);
	if (suggest_best(&suggest))
		suggest_help(&suggest, probes->diags);
	else
		diag_help(probes->diags, "spile -l 'kernel.trace(\"*:*\")' lists them");
}

/* The probe point with `argument` spelt out. */
static const struct probe_point *concrete_point(struct probes *probes,
						const struct probe_point *point,
						const char *argument)
{
	struct probe_point *copy = ARENA_NEW(probes->arena, struct probe_point);

	*copy = *point;
	copy->components.v = ARENA_ARRAY(probes->arena, struct point_component, point->components.n);
	copy->components.capacity = point->components.n;
	memcpy(copy->components.v, point->components.v,
	       point->components.n * sizeof(*point->components.v));
	copy->components.v[1].argument =
		expr_string(probes->arena, argument, point->components.v[1].range);
	copy->optional = copy->sufficient = false;
	return copy;
}

static struct site event_site(struct probes *probes, const struct trace_name *name, const char *pp)
{
	struct site site = {.kind = ATTACH_TRACEPOINT, .pp = pp};

	site.symbol = arena_printf(probes->arena, "%s:%s", name->system, name->name);
	site.function = name->name;
	return site;
}

static struct probe *event_probe(struct probes *probes, const struct probe_point *point)
{
	struct probe *probe = probe_new(probes, &family_trace, point);

	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_TRACEPOINT;
	return probe;
}

static const char *event_pp(struct probes *probes, const struct probe_point *point,
			    const struct trace_name *name, const struct probe_point **concrete)
{
	*concrete = concrete_point(probes, point, arena_printf(probes->arena, "%s:%s", name->system,
							       name->name));
	return point_to_string(probes->arena, *concrete);
}

/* All events in one probe: their handler can't tell them apart but by pp(). */
static void add_shared(struct probes *probes, const struct probe_point *point,
		       const struct trace_name_vec *names, bool raw, struct probe_vec *out)
{
	struct probe *probe = event_probe(probes, point);
	const struct probe_point *concrete = point;

	for (unsigned i = 0; i < names->n; i++) {
		const char *pp = event_pp(probes, point, &names->v[i], &concrete);
		struct site site = event_site(probes, &names->v[i], pp);

		if (raw) {
			site.kind = ATTACH_RAW_TRACEPOINT;
			site.symbol = names->v[i].name;
		}
		VEC_PUSH(probes->arena, &probe->sites, site);
	}
	if (raw)
		probe->context = CONTEXT_ARGS;
	if (names->n == 1)
		probe->point = concrete;
	if (names->n)
		VEC_PUSH(probes->arena, out, probe);
}

/* Raw ones cost less at each hit, and much less when they are detached. */
static void expand_shared(struct probes *probes, const struct probe_point *point,
			  const struct trace_name_vec *names, struct probe_vec *out)
{
	struct trace_name_vec raw = {0}, others = {0};
	bool may_raw = names->n == 1 || kernel_can_tell_raw_tracepoints();

	for (unsigned i = 0; i < names->n; i++) {
		bool exists = may_raw && kernel_tracepoint_exists(probes, names->v[i].name);

		VEC_PUSH(probes->arena, exists ? &raw : &others, names->v[i]);
	}
	add_shared(probes, point, &raw, true, out);
	add_shared(probes, point, &others, false, out);
}

static bool expand_each(struct probes *probes, const struct probe_point *point,
			const struct trace_name_vec *names, struct probe_vec *out)
{
	for (unsigned i = 0; i < names->n; i++) {
		struct trace_data *data = ARENA_NEW(probes->arena, struct trace_data);
		const struct probe_point *concrete;
		const char *pp = event_pp(probes, point, &names->v[i], &concrete), *error;
		struct site site = event_site(probes, &names->v[i], pp);
		struct probe *probe = event_probe(probes, concrete);

		data->event = tracefs_event(probes->arena, names->v[i].system, names->v[i].name,
					    &error);
		if (!data->event) {
			diag_error(probes->diags, point->range,
				   "the format of tracepoint '%s' can not be read: %s", site.symbol,
				   error);
			return false;
		}
		probe->family_data = data;
		VEC_PUSH(probes->arena, &probe->sites, site);
		VEC_PUSH(probes->arena, out, probe);
	}
	return true;
}

static bool trace_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			 bool uses_targets, bool optional, struct probe_vec *out)
{
	const char *wanted = point_string(point, 1), *colon = strchr(wanted, ':'), *system = NULL;
	struct trace_name_vec names = {0};

	(void)pattern;
	if (colon)
		system = arena_strndup(probes->arena, wanted, (size_t)(colon - wanted));
	tracefs_list(probes->arena, system, colon ? colon + 1 : wanted, &names);
	if (!names.n) {
		if (!optional)
			report_unknown(probes, point->components.v[1].range, wanted);
		return optional;
	}
	if (uses_targets)
		return expand_each(probes, point, &names, out);
	expand_shared(probes, point, &names, out);
	return true;
}

/* ---- the record's fields ------------------------------------------------------------------------ */

static const char *field_spelling(struct arena *arena, const struct trace_field *field)
{
	if (!field->is_array)
		return field->type;
	return field->elements ? arena_printf(arena, "%s[%u]", field->type, field->elements)
			       : arena_printf(arena, "%s[]", field->type);
}

static void push_field_address(struct arena *arena, struct access *access,
			       const struct trace_field *field)
{
	if (field->kind != TRACE_DATA_LOC && field->kind != TRACE_REL_LOC) {
		access_push(arena, access, ACCESS_CONTEXT_ADDRESS, field->offset, 0, false);
		return;
	}
	access_push(arena, access, ACCESS_CONTEXT, field->offset, 4, false);
	access_push(arena, access, ACCESS_CONST, 0xffff, 0, false);
	access_push(arena, access, ACCESS_AND, 0, 0, false);
	access_push(arena, access, ACCESS_CONTEXT_ADDRESS,
		    field->kind == TRACE_REL_LOC ? field->offset + 4 : 0, 0, false);
	access_push(arena, access, ACCESS_ADD, 0, 0, false);
}

static bool element_is_signed(const char *type)
{
	return type[0] != 'u' && strncmp(type, "__u", 3) && !strchr(type, '*');
}

/* The number of elements that the array has. */
static void push_length(struct arena *arena, struct access *access, const struct trace_field *field)
{
	if (field->kind != TRACE_DATA_LOC && field->kind != TRACE_REL_LOC) {
		access_push(arena, access, ACCESS_CONST, field->elements, 0, false);
		return;
	}
	access_push(arena, access, ACCESS_CONTEXT, field->offset, 4, false);
	access_push(arena, access, ACCESS_CONST, 16 + __builtin_ctz(field->element_size), 0, false);
	access_push(arena, access, ACCESS_SHR, 0, 0, false);
}

/* 0, where nothing can be read, for an index that is not in the array. */
static void push_element_address(struct arena *arena, struct access *access,
				 const struct trace_field *field, struct expr *index)
{
	VEC_PUSH(arena, &access->exprs, index);
	access_push(arena, access, ACCESS_EXPR, access->exprs.n - 1, 0, false);
	access_push(arena, access, ACCESS_DUP, 0, 0, false);
	access_push(arena, access, ACCESS_CONST, 0, 0, false);
	access_push(arena, access, ACCESS_GE, 0, 0, false);
	access_push(arena, access, ACCESS_OVER, 0, 0, false);
	push_length(arena, access, field);
	access_push(arena, access, ACCESS_LT, 0, 0, false);
	access_push(arena, access, ACCESS_AND, 0, 0, false);
	access_push(arena, access, ACCESS_SWAP, 0, 0, false);
	access_push(arena, access, ACCESS_CONST, field->element_size, 0, false);
	access_push(arena, access, ACCESS_MUL, 0, 0, false);
	push_field_address(arena, access, field);
	access_push(arena, access, ACCESS_ADD, 0, 0, false);
	access_push(arena, access, ACCESS_MUL, 0, 0, false);
}

/* $args[i] */
static bool push_element(struct probes *probes, struct access *access,
			 const struct trace_field *field, struct component *component)
{
	struct arena *arena = probes->arena;
	unsigned size = field->element_size;
	struct expr *index = component->index;

	if (!field->is_array || (size != 1 && size != 2 && size != 4 && size != 8)) {
		diag_error(probes->diags, component->range, "'$%s' (%s) can not be indexed",
			   field->name, field_spelling(arena, field));
		return false;
	}
	if (index->kind == EXPR_NUMBER && field->elements &&
	    (index->number < 0 || index->number >= field->elements)) {
		diag_error(probes->diags, component->range, "'$%s' has elements 0 to %u",
			   field->name, field->elements - 1);
		return false;
	}
	if (index->kind == EXPR_NUMBER && field->kind == TRACE_BYTES && field->offset % size == 0) {
		access_push(arena, access, ACCESS_CONTEXT,
			    (int64_t)field->offset + index->number * size, size,
			    element_is_signed(field->type));
		return true;
	}
	push_element_address(arena, access, field, index);
	access_push(arena, access, ACCESS_READ_KERNEL, 0, size, element_is_signed(field->type));
	return true;
}

static bool resolve_field(struct probes *probes, struct expr *expr, const struct trace_field *field)
{
	struct arena *arena = probes->arena;
	struct access *access = ARENA_NEW(arena, struct access);
	struct target *target = expr->target;

	access->type_name = field_spelling(arena, field);
	if (target->path.n == 1 && target->path.v[0].kind == COMPONENT_INDEX &&
	    !target->address_of) {
		if (!push_element(probes, access, field, &target->path.v[0]))
			return false;
		access->type_name = field->type;
	} else if (target->path.n) {
		diag_error(probes->diags, target->path.v[0].range,
			   "'$%s' is a field of the trace record, of type '%s': it has no members",
			   field->name, access->type_name);
		return false;
	} else if (field->kind == TRACE_NUMBER && !target->address_of) {
		access_push(arena, access, ACCESS_CONTEXT, field->offset, field->size,
			    field->is_signed);
	} else {
		push_field_address(arena, access, field);
	}
	target->access = access;
	expr->type = TYPE_LONG;
	return true;
}

/* ---- the tracepoint's arguments ------------------------------------------------------------------ */

static struct kernel_function *trace_arguments(struct probes *probes, struct trace_data *data)
{
	if (!data->looked_up)
		kernel_find_tracepoint(probes, data->event->name, &data->arguments);
	data->looked_up = true;
	return data->arguments.id ? &data->arguments : NULL;
}

/* The probe goes over to the arguments, with the targets resolved so far. */
static bool move_to_arguments(struct probes *probes, struct probe *probe, struct expr *because)
{
	struct trace_data *data = probe->family_data;

	for (unsigned i = 0; i < data->fields.n; i++) {
		struct resolved *resolved = &data->fields.v[i];
		int index = kernel_function_parameter(&data->arguments, resolved->name);

		if (index < 0) {
			diag_error(probes->diags, because->range,
				   "'$%s' is an argument of the tracepoint, but '$%s', used too, is a "
				   "field of its record: a handler can use only one of the two kinds",
				   because->target->name, resolved->name);
			diag_note(probes->diags, resolved->expr->range, "the field is used here");
			return false;
		}
		resolved->expr->target->access = NULL;
		if (!kernel_resolve_argument(probes, probe, &data->arguments, (unsigned)index,
					     resolved->expr))
			return false;
	}
	data->uses_arguments = true;
	probe->context = CONTEXT_ARGS;
	probe->sites.v[0].kind = ATTACH_RAW_TRACEPOINT;
	probe->sites.v[0].symbol = data->event->name;
	return true;
}

/* ---- $variables ----------------------------------------------------------------------------------- */

static void report_variable(struct probes *probes, struct trace_data *data, struct expr *expr)
{
	struct kernel_function *arguments = trace_arguments(probes, data);
	struct suggest suggest;

	if (trace_event_field(data->event, expr->target->name)) {
		diag_error(probes->diags, expr->range,
			   "'$%s' is a field of the tracepoint's record, but the handler uses "
			   "arguments of the tracepoint too: it can use only one of the two kinds",
			   expr->target->name);
		return;
	}
	diag_error(probes->diags, expr->range, "tracepoint '%s:%s' has no field or argument '$%s'",
		   data->event->system, data->event->name, expr->target->name);
	suggest_start(&suggest, expr->target->name);
	for (unsigned i = 0; i < data->event->n; i++)
		suggest_offer(&suggest, data->event->v[i].name);
	for (unsigned i = 0; arguments && i < arguments->n; i++)
		suggest_offer(&suggest, arguments->v[i].name);
	if (suggest_best(&suggest))
		diag_help(probes->diags, "did you mean '$%s'?", suggest_best(&suggest));
	else
		diag_help(probes->diags, "spile -L 'kernel.trace(\"%s:%s\")' lists them",
			  data->event->system, data->event->name);
}

/* $$vars: "name=value ..." of all fields, or of all arguments where the probe uses those. */
static struct expr *resolve_all(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct trace_data *data = probe->family_data;
	struct arena *arena = probes->arena;
	const char *format = "", *values = "";
	struct expr *result;

	if (data->uses_arguments)
		return kernel_resolve_parms(probes, probe, &data->arguments, expr);
	for (unsigned i = 0; i < data->event->n; i++) {
		const struct trace_field *field = &data->event->v[i];
		bool hex = field->kind != TRACE_NUMBER || strchr(field->type, '*');

		format = arena_printf(arena, "%s%s%s=%s", format, i ? " " : "", field->name,
				      field->is_text	? "%s"
				      : hex		? "0x%x"
				      : field->is_signed ? "%d"
							 : "%u");
		values = arena_printf(arena, field->is_text ? "%s, kernel_string($%s, \"\")"
							    : "%s, $%s", values, field->name);
	}
	result = text_parse_expr(probes, arena_printf(arena, "sprintf(\"%s\"%s)", format, values),
				   expr->range);
	if (!result || !text_resolve_targets(probes, probe, &result))
		return NULL;
	return result;
}

/* $work->func: a field of the record has no members, an argument of the same name may. */
static bool wants_members(const struct target *target)
{
	return target->path.n && target->path.v[0].kind != COMPONENT_INDEX;
}

static bool is_argument(struct probes *probes, struct trace_data *data, const char *name)
{
	struct kernel_function *arguments = trace_arguments(probes, data);

	return arguments && kernel_function_parameter(arguments, name) >= 0;
}

static struct expr *trace_resolve(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct trace_data *data = probe->family_data;
	struct target *target = expr->target;
	const struct trace_field *field;
	int argument;

	if (target->kind != TARGET_DOLLAR)
		return kernel_resolve_common(probes, probe, expr);
	if (!strcmp(target->name, "$name"))
		return expr_string(probes->arena, probe->sites.v[0].function, expr->range);
	if (!strcmp(target->name, "$locals"))
		return expr_string(probes->arena, "", expr->range);
	if (!data) /* was not said to use targets */
		return NULL;
	if (!strcmp(target->name, "$vars") || !strcmp(target->name, "$parms"))
		return resolve_all(probes, probe, expr);
	field = trace_event_field(data->event, target->name);
	if (field && !data->uses_arguments &&
	    !(wants_members(target) && is_argument(probes, data, target->name))) {
		struct resolved resolved = {expr, target->name};

		if (!resolve_field(probes, expr, field))
			return NULL;
		VEC_PUSH(probes->arena, &data->fields, resolved);
		return expr;
	}
	argument = trace_arguments(probes, data) ?
		kernel_function_parameter(&data->arguments, target->name) : -1;
	if (argument < 0) {
		report_variable(probes, data, expr);
		return NULL;
	}
	if (!data->uses_arguments && !move_to_arguments(probes, probe, expr))
		return NULL;
	return kernel_resolve_argument(probes, probe, &data->arguments, (unsigned)argument, expr);
}

static void trace_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	struct trace_data *data = probe->family_data;
	struct kernel_function *arguments;

	if (!data)
		return;
	for (unsigned i = 0; i < data->event->n; i++) {
		const struct trace_field *field = &data->event->v[i];
		struct variable variable = {arena_printf(probes->arena, "$%s", field->name),
					    field_spelling(probes->arena, field)};

		VEC_PUSH(probes->arena, out, variable);
	}
	arguments = trace_arguments(probes, data);
	for (unsigned i = 0; arguments && i < arguments->n; i++) {
		struct variable variable = {arena_printf(probes->arena, "$%s", arguments->v[i].name),
					    kernel_type_spelling(probes, arguments,
								 arguments->v[i].type)};

		if (!trace_event_field(data->event, arguments->v[i].name))
			VEC_PUSH(probes->arena, out, variable);
	}
}

const struct probe_family family_trace = {
	.name = "trace",
	.slot = SLOT_TRACE,
	.patterns = patterns,
	.expand = trace_expand,
	.resolve = trace_resolve,
	.variables = trace_variables,
};
