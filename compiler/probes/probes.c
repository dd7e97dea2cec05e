/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which family takes a probe point: the table of families, the matching of points against their
 * patterns, and what to say when none matches. Knows nothing of what any family does.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/probes/families.h"

const struct probe_family *const probe_families[] = {
	&family_basic,
	&family_timer,
	&family_process,
	&family_syscall,
	&family_trace,
	&family_kernel,
	&family_kernel_code,
	&family_perf,
	NULL,
};

/* ---- patterns ---------------------------------------------------------------------------- */

static enum pattern_argument argument_kind(const char *text)
{
	if (!strncmp(text, "string", 6))
		return ARGUMENT_STRING;
	if (!strncmp(text, "number", 6))
		return ARGUMENT_NUMBER;
	return ARGUMENT_ANY;
}

bool pattern_next(const char **pattern, struct pattern_component *component)
{
	const char *at = *pattern;

	if (!*at)
		return false;
	component->name = at;
	component->length = (unsigned)strcspn(at, ".(");
	component->argument = ARGUMENT_NONE;
	component->optional = false;
	at += component->length;
	if (*at == '(') {
		const char *close = strchr(at, ')');

		component->argument = argument_kind(at + 1);
		component->optional = close[-1] == '?';
		at = close + 1;
	}
	*pattern = *at == '.' ? at + 1 : at;
	return true;
}

static bool has_wildcard(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

/* A component "*" of a pattern takes any name, wildcards too: the family looks at it. */
static bool takes_any_name(const struct pattern_component *component)
{
	return component->length == 1 && component->name[0] == '*';
}

static bool name_matches(const struct pattern_component *component, const char *name)
{
	char text[64];

	if (takes_any_name(component))
		return true;
	if (!has_wildcard(name))
		return strlen(name) == component->length &&
		       !memcmp(name, component->name, component->length);
	snprintf(text, sizeof(text), "%.*s", (int)component->length, component->name);
	return fnmatch(name, text, 0) == 0;
}

static bool argument_matches(const struct pattern_component *component, const struct expr *argument)
{
	if (!argument)
		return component->argument == ARGUMENT_NONE || component->optional;
	switch (component->argument) {
	case ARGUMENT_STRING:
		return argument->kind == EXPR_STRING;
	case ARGUMENT_NUMBER:
		return argument->kind == EXPR_NUMBER;
	case ARGUMENT_ANY:
		return true;
	default:
		return false;
	}
}

/* The components of `point` that match the pattern's, from the left; *whole: all, on both sides. */
static unsigned pattern_match(const char *pattern, const struct probe_point *point, bool *whole)
{
	struct pattern_component component;
	unsigned i = 0;

	*whole = false;
	while (i < point->components.n && pattern_next(&pattern, &component)) {
		const struct point_component *part = &point->components.v[i];

		if (!name_matches(&component, part->name) ||
		    !argument_matches(&component, part->argument))
			return i;
		i++;
	}
	*whole = i == point->components.n && !*pattern;
	return i;
}

/* The point has wildcards that are resolved here, not by the family. */
static bool point_has_wildcard(const struct probe_point *point, const char *pattern)
{
	struct pattern_component component;

	for (unsigned i = 0; pattern_next(&pattern, &component); i++)
		if (!takes_any_name(&component) && has_wildcard(point->components.v[i].name))
			return true;
	return false;
}

/* The point with its names spelt as in the pattern. */
static const struct probe_point *point_concrete(struct arena *arena, const struct probe_point *point,
						const char *pattern)
{
	struct probe_point *copy = ARENA_NEW(arena, struct probe_point);
	struct pattern_component component;

	*copy = *point;
	memset(&copy->components, 0, sizeof(copy->components));
	for (unsigned i = 0; pattern_next(&pattern, &component); i++) {
		struct point_component part = point->components.v[i];

		if (!takes_any_name(&component))
			part.name = arena_strndup(arena, component.name, component.length);
		VEC_PUSH(arena, &copy->components, part);
	}
	return copy;
}

/* ---- what to say about a point that nobody takes -------------------------------------------- */

/* How far the best pattern came. */
static unsigned best_prefix(const struct probe_point *point)
{
	unsigned best = 0;

	for (unsigned f = 0; probe_families[f]; f++) {
		for (const char *const *p = probe_families[f]->patterns; *p; p++) {
			bool whole;
			unsigned n = pattern_match(*p, point, &whole);

			best = n > best ? n : best;
		}
	}
	return best;
}

/* Component `i` of the pattern, if the point matches it up to there. */
static bool pattern_follows(const char *pattern, const struct probe_point *point, unsigned i,
			    struct pattern_component *component)
{
	bool whole;

	if (pattern_match(pattern, point, &whole) < i)
		return false;
	for (unsigned k = 0; k <= i; k++)
		if (!pattern_next(&pattern, component))
			return false;
	return true;
}

static const char *argument_wanted(enum pattern_argument argument)
{
	switch (argument) {
	case ARGUMENT_STRING:
		return "a string in quotes";
	case ARGUMENT_NUMBER:
		return "a number";
	case ARGUMENT_ANY:
		return "a string or a number";
	default:
		return "no argument";
	}
}

static const char *example_argument(enum pattern_argument argument)
{
	return argument == ARGUMENT_NONE ? "" : argument == ARGUMENT_NUMBER ? "(1)" : "(\"...\")";
}

/* "kernel.function" with a number: the name is right, the argument is not. */
static bool report_argument(struct diags *diags, const struct probe_point *point, unsigned i)
{
	const struct point_component *part = &point->components.v[i];

	for (unsigned f = 0; probe_families[f]; f++) {
		for (const char *const *p = probe_families[f]->patterns; *p; p++) {
			struct pattern_component component;

			if (!pattern_follows(*p, point, i, &component) ||
			    !name_matches(&component, part->name))
				continue;
			if (!part->argument)
				diag_error(diags, part->range, "'%s' needs an argument: %s", part->name,
					   argument_wanted(component.argument));
			else
				diag_error(diags, part->range, "'%s' takes %s", part->name,
					   argument_wanted(component.argument));
			diag_help(diags, "write '%s%s'", part->name,
				  example_argument(component.argument));
			return true;
		}
	}
	return false;
}

struct name_list {
	char text[400];
	unsigned n;
};

static void name_list_add(struct name_list *list, const struct pattern_component *component)
{
	char item[80];

	if (takes_any_name(component))
		return;
	snprintf(item, sizeof(item), "%.*s%s", (int)component->length, component->name,
		 example_argument(component->optional ? ARGUMENT_NONE : component->argument));
	for (const char *at = list->text; (at = strstr(at, item)); at++) {
		char before = at == list->text ? ' ' : at[-1], after = at[strlen(item)];

		if (before == ' ' && (after == ',' || !after))
			return;
	}
	if (strlen(list->text) + strlen(item) + 8 > sizeof(list->text))
		return;
	if (list->n++)
		strcat(list->text, ", ");
	strcat(list->text, item);
}

/* Offers all that may stand at component i of the point. */
static void offer_followers(struct arena *arena, const struct probe_point *point, unsigned i,
			    struct suggest *suggest, struct name_list *list)
{
	for (unsigned f = 0; probe_families[f]; f++) {
		for (const char *const *p = probe_families[f]->patterns; *p; p++) {
			struct pattern_component component;

			if (!pattern_follows(*p, point, i, &component))
				continue;
			if (suggest && !takes_any_name(&component))
				suggest_offer(suggest, arena_strndup(arena, component.name,
								     component.length));
			name_list_add(list, &component);
		}
	}
}

static const char *point_prefix(struct arena *arena, const struct probe_point *point, unsigned n)
{
	struct probe_point prefix = *point;

	prefix.components.n = n;
	prefix.condition = NULL;
	prefix.optional = prefix.sufficient = false;
	return point_to_string(arena, &prefix);
}

/* Families of SystemTap's that there can't be, or a point of one: by its first components. */
static const struct {
	const char *name, *why, *help;
} refused[] = {
	{"ipmib.InDiscards", "the kernel counts them in the middle of functions",
	 "use kernel.trace(\"skb:kfree_skb\"), with its $reason"},
	{"ioscheduler_trace.elv_abort_request", "the kernel has no such event any more",
	 "use ioscheduler_trace.elv_completed_request, .elv_requeue_request"},
	{"ioscheduler_trace.unplug_timer", "queues have no such timer any more",
	 "use ioscheduler_trace.unplug_io"},
	{"netfilter.arp.forward", "a bridge's ARP packets are filtered in the middle of a function",
	 "use netfilter.arp.in and netfilter.arp.out"},
	{"procfs", "a file in /proc needs a kernel module",
	 "print the values from a timer, or use -i to look at them"},
	{"prometheus", "a file in /proc needs a kernel module",
	 "print the metrics from a timer, or use --json"},
	{"json_data", "a file in /proc needs a kernel module", "use --json"},
	{"input", "keys are not read while a script runs", "use -i"},
	{"stap", "they are of SystemTap's own compiler", "use -v and -t"},
	{"stapio", "they are of SystemTap's own programs", "use -v and -t"},
	{"staprun", "they are of SystemTap's own programs", "use -v and -t"},
	{"netfilter.bridge", "the functions of that module have no aliases yet",
	 "use module(\"bridge\").function(\"br_handle_frame\"), (\"br_forward_finish\") ..."},
	{"nfs.proc.commit", "the kernel has no such function any more", "use nfs.proc.commit_setup"},
	{"nfs.proc.read", "the kernel has no such function any more", "use nfs.proc.read_setup"},
	{"nfs.proc.write", "the kernel has no such function any more", "use nfs.proc.write_setup"},
	{"nfs.fop.read", "the kernel has no such function any more", "use nfs.fop.read_iter"},
	{"nfs.fop.write", "the kernel has no such function any more", "use nfs.fop.write_iter"},
	{"nfs.fop.sendfile", "the kernel has no such function any more", "use nfs.fop.read_iter"},
	{"nfs.aop.writepage", "newer kernels have no such function any more", "use nfs.aop.writepages"},
	{"nfs.aop.set_page_dirty", "it is a function of all file systems",
	 "use nfs.aop.write_end, or kernel.function(\"filemap_dirty_folio\")"},
	{"nfsd.close", "the kernel has no such function any more", "use nfsd.open"},
	{"nfsd.createv3", "the kernel has no such function any more", "use nfsd.proc.create"},
	{"netfilter.hook", "packet hooks of one's own need a kernel module",
	 "use netfilter.ip.pre_routing, .local_in, .forward, .local_out, .post_routing, or "
	 "netfilter.arp.in and .out"},
	{"java", "Java methods are not probed", "use the JVM's marks: process(\"libjvm.so\").mark(\"...\")"},
	{"python2", "Python functions are not probed",
	 "use Python's marks: process(\"python3\").mark(\"function__entry\")"},
	{"python3", "Python functions are not probed",
	 "use Python's marks: process(\"python3\").mark(\"function__entry\")"},
};

/* Whether the point begins with the components that stand in `name`, with dots between. */
static bool begins_with(const struct probe_point *point, const char *name)
{
	for (unsigned i = 0; i < point->components.n; i++) {
		const char *component = point->components.v[i].name;
		size_t length = strlen(component);

		if (strncmp(name, component, length) || (name[length] && name[length] != '.'))
			return false;
		if (!name[length])
			return true;
		name += length + 1;
	}
	return false;
}

bool probes_point_refused(const struct probe_point *point)
{
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (begins_with(point, refused[i].name))
			return true;
	return false;
}

static bool report_refused(struct diags *diags, const struct probe_point *point)
{
	const struct point_component *first = &point->components.v[0];

	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (!begins_with(point, refused[i].name))
			continue;
		diag_error(diags, first->range, "probes of '%s' are not possible: %s",
			   refused[i].name, refused[i].why);
		diag_help(diags, "%s", refused[i].help);
		return true;
	}
	return false;
}

static void report_unknown(struct probes *probes, const struct probe_point *point)
{
	struct diags *diags = probes->diags;
	unsigned i = best_prefix(point);
	struct name_list list = { .n = 0 };
	const struct point_component *part;
	struct suggest suggest;

	if (report_refused(diags, point))
		return;
	if (i == point->components.n) {
		offer_followers(probes->arena, point, i, NULL, &list);
		diag_error(diags, point->range, "the probe point '%s' is not complete",
			   point_prefix(probes->arena, point, i));
		diag_help(diags, "it can be followed by: %s", list.text);
		return;
	}
	if (report_argument(diags, point, i))
		return;
	part = &point->components.v[i];
	suggest_start(&suggest, part->name);
	offer_followers(probes->arena, point, i, &suggest, &list);
	if (i == 0)
		diag_error(diags, part->range, "unknown probe point '%s'", part->name);
	else if (list.n)
		diag_error(diags, part->range, "'%s' can not follow '%s'", part->name,
			   point_prefix(probes->arena, point, i));
	else
		diag_error(diags, part->range, "nothing can follow '%s'",
			   point_prefix(probes->arena, point, i));
	if (suggest_best(&suggest))
		suggest_help(&suggest, diags);
	else if (i > 0 && list.n)
		diag_help(diags, "it can be followed by: %s", list.text);
}

/* ---- the interface --------------------------------------------------------------------------- */

bool probes_expand(struct probes *probes, const struct probe_point *point, enum target_use use,
		   bool optional, struct probe_vec *out)
{
	bool found = false, good = true;

	for (unsigned f = 0; probe_families[f]; f++) {
		const struct probe_family *family = probe_families[f];
		bool uses_targets =
			use == USES_TARGETS || (use == USES_ENTRY && !family->shares_entry);

		for (unsigned p = 0; family->patterns[p]; p++) {
			const struct probe_point *concrete = point;
			bool whole, wild;

			pattern_match(family->patterns[p], point, &whole);
			if (!whole)
				continue;
			found = true;
			wild = point_has_wildcard(point, family->patterns[p]);
			if (wild)
				concrete = point_concrete(probes->arena, point, family->patterns[p]);
			good &= family->expand(probes, concrete, p, uses_targets, optional || wild, out);
			if (!wild)
				return good;
		}
	}
	if (!found && !optional) {
		report_unknown(probes, point);
		return false;
	}
	return good;
}

bool probes_point_known(const struct probe_point *point)
{
	for (unsigned f = 0; probe_families[f]; f++) {
		for (const char *const *p = probe_families[f]->patterns; *p; p++) {
			bool whole;

			pattern_match(*p, point, &whole);
			if (whole)
				return true;
		}
	}
	return false;
}

void probes_release(struct probes *probes)
{
	for (unsigned f = 0; probe_families[f]; f++)
		if (probe_families[f]->release)
			probe_families[f]->release(probes);
}

const char *point_string(const struct probe_point *point, unsigned component)
{
	const struct expr *argument;

	if (component >= point->components.n)
		return NULL;
	argument = point->components.v[component].argument;
	return argument && argument->kind == EXPR_STRING ? argument->string.text : NULL;
}

bool point_number(const struct probe_point *point, unsigned component, int64_t *number)
{
	const struct expr *argument;

	if (component >= point->components.n)
		return false;
	argument = point->components.v[component].argument;
	if (!argument || argument->kind != EXPR_NUMBER)
		return false;
	*number = argument->number;
	return true;
}

struct probe *probe_new(struct probes *probes, const struct probe_family *family,
			const struct probe_point *point)
{
	struct probe *probe = ARENA_NEW(probes->arena, struct probe);

	probe->family = family;
	probe->point = point;
	probe->name = point_prefix(probes->arena, point, point->components.n);
	probe->range = point->range;
	probe->condition = point->condition;
	return probe;
}
