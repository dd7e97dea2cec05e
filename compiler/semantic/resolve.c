/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Semantic analysis from the trees to the program: the order of the passes.
 */
#include "compiler/probes/families.h"
#include "compiler/semantic/passes.h"

/* Expanding probes and binding functions each may need more files and functions. */
static void bind_everything(struct resolver *resolver)
{
	unsigned file = 0, function = 0;

	while (file < resolver->files.n || function < resolver->called.n) {
		if (function < resolver->called.n) {
			struct declared_function *declared = resolver->called.v[function++];

			targets_resolve_function(resolver, declared);
			names_bind_function(resolver, declared->function, declared->source);
			declared->function->index = resolver->program->functions.n;
			VEC_PUSH(resolver->arena, &resolver->program->functions,
				 declared->function);
			continue;
		}
		for (unsigned i = 0; i < resolver->files.v[file]->probes.n; i++)
			aliases_expand_probe(resolver, resolver->files.v[file]->probes.v[i],
					     resolver->files.v[file]->source);
		file++;
	}
}

static void call_everything(struct resolver *resolver)
{
	for (unsigned f = 0; f < resolver->n_user_files; f++) {
		const struct script_file *file = resolver->files.v[f];

		for (unsigned i = 0; i < file->functions.n; i++) {
			struct declared_function *at =
				name_map_get(&resolver->functions, file->functions.v[i]->name);

			for (; at; at = at->next)
				if (at->source == file->source)
					function_of(resolver, at);
		}
	}
}

static void drop_probes_without_sites(struct program *program)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < program->probes.n; i++) {
		if (!program->probes.v[i]->sites.n)
			continue;
		program->probes.v[i]->index = kept;
		program->probes.v[kept++] = program->probes.v[i];
	}
	program->probes.n = kept;
}

static void collect_embedded(struct resolver *resolver)
{
	for (unsigned f = 0; f < resolver->files.n; f++) {
		const struct script_file *file = resolver->files.v[f];

		for (unsigned i = 0; i < file->embedded.n; i++)
			VEC_PUSH(resolver->arena, &resolver->program->embedded,
				 file->embedded.v[i]);
	}
}

static struct probes *new_families(struct resolver *resolver)
{
	struct probes *probes = ARENA_NEW(resolver->arena, struct probes);

	probes->arena = resolver->arena;
	probes->diags = resolver->diags;
	probes->target = resolver->options->target;
	probes->debuginfo = resolver->options->debuginfo;
	probes->debuginfo_lent = probes->debuginfo;
	probes->guru = resolver->options->guru;
	probes->verbose = resolver->options->verbose;
	probes->kernel_way = resolver->options->kernel_way;
	probes->listing = resolver->options->listing;
	probes->looks_only = resolver->options->looks_only;
	return probes;
}

struct program *semantic_resolve(struct arena *arena, struct diags *diags,
				 const struct semantic_options *options,
				 struct script_file *const *files, unsigned n_files)
{
	struct program *program = ARENA_NEW(arena, struct program);
	struct resolver resolver = { .arena = arena,
				     .diags = diags,
				     .options = options,
				     .program = program,
				     .n_user_files = n_files };

	program->arena = arena;
	program->diags = diags;
	program->limits = options->limits;
	program->guru = options->guru;
	program->skip_bad_variables = options->skip_bad_variables;
	program->families = resolver.probes = new_families(&resolver);
	resolver.aliases_tail = &resolver.aliases;
	for (unsigned i = 0; i < n_files; i++) {
		VEC_PUSH(arena, &resolver.files, files[i]);
		names_declare(&resolver, files[i]);
		if (files[i]->embedded.n)
			embedded_allowed(&resolver, files[i]->embedded_range);
	}
	if (options->keep_unused)
		call_everything(&resolver);
	bind_everything(&resolver);
	placement_check(&resolver);
	prints_parse(&resolver);
	foreach_rewrite_values(&resolver);
	types_infer(&resolver);
	symbols_take_given(&resolver);
	prints_complete(&resolver);
	deadcode_remove(&resolver);
	counters_check(&resolver);
	regexes_compile(&resolver);
	live_settle(&resolver);
	bounds_infer(&resolver);
	if (!diags->errors)
		locks_assign(&resolver);
	drop_probes_without_sites(program);
	if (!diags->errors && !options->exact_entry && !options->listing) {
		placeless_find(&resolver);
		process_move_sites(resolver.probes, program->probes.v, program->probes.n);
	}
	collect_embedded(&resolver);
	return program;
}

void program_release(struct program *program)
{
	if (program)
		probes_release(program->families);
}
