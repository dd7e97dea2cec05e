/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion by TAB: which names could stand where the cursor is. */
#include "runtime/repl/complete.h"

#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/btf.h"
#include "compiler/debuginfo/ctype.h"
#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/index.h"
#include "compiler/debuginfo/paths.h"
#include "compiler/debuginfo/usdt.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/syscall_table.h"
#include "compiler/probes/tracefs.h"
#include "runtime/repl/commands.h"

/* ---- candidates ------------------------------------------------------------------------------------ */

void offer_with(struct completion *completion, const char *name, const char *suffix)
{
	size_t length = strlen(completion->word);

	if (strncmp(name, completion->word, length))
		return;
	VEC_PUSH(completion->arena, &completion->names,
		 arena_printf(completion->arena, "%s%s", name, suffix));
}

static void offer_name(struct completion *completion, const char *name)
{
	offer_with(completion, name, "");
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(struct completion *completion)
{
	unsigned kept = 0;

	if (!completion->names.n)
		return;
	qsort(completion->names.v, completion->names.n, sizeof(*completion->names.v), compare);
	for (unsigned i = 0; i < completion->names.n; i++)
		if (!kept || strcmp(completion->names.v[i], completion->names.v[kept - 1]))
			completion->names.v[kept++] = completion->names.v[i];
	completion->names.n = kept;
}

/* ---- probe points -------------------------------------------------------------------------------------- */

/* The next component of a point or pattern: its name, and whether and which argument follows. */
struct point_part {
	char name[64];
	char argument[32]; /* between the parentheses; "" without */
	bool has_argument;
};

static const char *next_component(const char *at, struct point_part *component)
{
	size_t name = strcspn(at, ".("), argument;

	*component = (struct point_part){.has_argument = false};
	snprintf(component->name, sizeof(component->name), "%.*s", (int)name, at);
	at += name;
	if (*at == '(') {
		bool quoted = false;

		component->has_argument = true;
		for (argument = 1; at[argument] && (quoted || at[argument] != ')'); argument++)
			quoted ^= at[argument] == '"';
		snprintf(component->argument, sizeof(component->argument), "%.*s",
			 (int)argument - 1, at + 1);
		at += argument + (at[argument] == ')');
	}
	return *at == '.' ? at + 1 : at;
}

/* The pattern's component that stands where the cursor is, if all before it fit. */
static bool follow(const char *pattern, const char *point, struct point_part *next)
{
	struct point_part typed, known;

	while (*point) {
		point = next_component(point, &typed);
		if (!*pattern)
			return false;
		pattern = next_component(pattern, &known);
		if (fnmatch(known.name, typed.name, 0))
			return false;
	}
	if (!*pattern)
		return false;
	next_component(pattern, next);
	return true;
}

static void offer_syscalls(struct completion *completion)
{
	for (unsigned i = 0; i < syscall_table_size; i++)
		offer_name(completion, syscall_table[i].name);
}

static void offer_component(struct completion *completion, const struct point_part *next)
{
	bool optional = strchr(next->argument, '?');
	bool number = !strncmp(next->argument, "number", 6);

	if (!strcmp(next->name, "*")) {
		offer_syscalls(completion);
		return;
	}
	if (!next->has_argument || optional)
		offer_name(completion, next->name);
	if (next->has_argument)
		offer_with(completion, next->name, number ? "(" : "(\"");
}

static void offer_alias(struct completion *completion, const char *alias, const char *point)
{
	struct point_part next;

	if (follow(alias, point, &next))
		offer_component(completion, &next);
}

static void complete_point(struct completion *completion, const char *point)
{
	const struct words *words = words_of_tapsets(completion->live);
	struct point_part next;

	for (const struct probe_family *const *family = probe_families; *family; family++)
		for (const char *const *pattern = (*family)->patterns; *pattern; pattern++)
			if (follow(*pattern, point, &next))
				offer_component(completion, &next);
	for (unsigned i = 0; i < words->v.n; i++)
		if (words->v.v[i].kind == WORD_ALIAS)
			offer_alias(completion, words->v.v[i].name, point);
	for (unsigned i = 0; i < completion->live->items.n; i++)
		if (completion->live->items.v[i]->kind == ITEM_ALIAS)
			offer_alias(completion, completion->live->items.v[i]->name, point);
}

/* ---- arguments of components ------------------------------------------------------------------------------ */

static void complete_path(struct completion *completion)
{
	const char *slash = strrchr(completion->word, '/');
	const char *directory = slash ? arena_strndup(completion->arena, completion->word,
						      (size_t)(slash - completion->word) + 1)
				      : "./";
	DIR *stream = opendir(directory);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		const char *path = arena_printf(completion->arena, "%s%s", slash ? directory : "",
						entry->d_name);

		if (entry->d_name[0] == '.' && (!slash || slash[1] != '.'))
			continue;
		offer_with(completion, path, entry->d_type == DT_DIR ? "/" : "");
	}
	if (stream)
		closedir(stream);
}

static void offer_programs(struct completion *completion)
{
	const char *path = getenv("PATH"), *end;
	char directory[512];

	for (path = path ? path : ""; *path; path = *end ? end + 1 : end) {
		struct dirent *entry;
		DIR *stream;

		end = strchrnul(path, ':');
		snprintf(directory, sizeof(directory), "%.*s", (int)(end - path), path);
		stream = opendir(directory);
		while (stream && (entry = readdir(stream)))
			if (entry->d_name[0] != '.')
				offer_name(completion, entry->d_name);
		if (stream)
			closedir(stream);
	}
}

/* The executables of what runs. */
static void offer_running(struct completion *completion, bool numbers)
{
	DIR *stream = opendir("/proc");
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		const char *error, *path;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		path = paths_of_pid(completion->arena, atoi(entry->d_name), &error);
		if (path)
			offer_name(completion, numbers ? entry->d_name : path);
	}
	if (stream)
		closedir(stream);
}

static void complete_program(struct completion *completion)
{
	offer_running(completion, false);
	if (!strchr(completion->word, '/'))
		offer_programs(completion);
	complete_path(completion);
}

/* process("PATH") or process(PID) at the start of the point; the target's; NULL. */
static struct dso *program_of(struct completion *completion, const char *point)
{
	struct debuginfo *debuginfo = completion->files->debuginfo;
	struct arena *arena = debuginfo->arena;
	const char *error, *path = completion->live->target->path;
	struct point_part first, second;
	struct path_vec paths = {0};
	struct dso *program;

	point = next_component(point, &first);
	next_component(point, &second);
	if (isdigit((unsigned char)first.argument[0]))
		path = paths_of_pid(arena, atoi(first.argument), &error);
	else if (first.argument[0] == '"')
		path = paths_of_process(arena, point_path(completion, first.name), &paths, &error,
					NULL) ? paths.v[0] : NULL;
	program = path ? debuginfo_open(debuginfo, path, &error) : NULL;
	if (!program || strcmp(second.name, "library") || !second.has_argument)
		return program;
	paths.n = 0;
	path = point_path(completion, "library");
	if (paths_of_linked(debuginfo, program, path, &paths, &error, NULL) && paths.n)
		return debuginfo_open(debuginfo, paths.v[0], &error);
	return NULL;
}

static void offer_functions(struct completion *completion, struct dso *dso)
{
	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++) {
		struct dso_symbol *symbol = &dso->symbols.v[i];

		if ((symbol->kind == DSO_FUNCTION || symbol->kind == DSO_IFUNC) &&
		    !symbol->fragment)
			offer_name(completion, strncmp(symbol->name, "_Z", 2)
						       ? symbol->name
						       : symbol_plain(dso, symbol));
	}
}

/* Functions that are inlined have no symbol. A large file's index is used when it is there. */
static void offer_inlined(struct completion *completion, struct dso *dso)
{
	enum { FEW_UNITS = 200, SMALL_FILE = 8 << 20 };
	struct dwarf_file *file = dwarf_file_find(dso);
	const struct dwarf_index *index;
	struct stat st;

	if (!file->dwarf_tried && (!file->has_dwarf || stat(file->path, &st) ||
				   st.st_size > SMALL_FILE))
		return;
	file = dwarf_file_of(dso);
	if (!file->dwarf)
		return;
	dwarf_read_units(file);
	index = index_of(file, file->units.n < FEW_UNITS);
	for (unsigned i = 0; index && i < index->n; i++)
		if (index->entries[i].inlined)
			offer_name(completion, index->strings + index->entries[i].plain);
}

static void offer_data(struct completion *completion, struct dso *dso)
{
	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++)
		if (dso->symbols.v[i].kind == DSO_OBJECT)
			offer_name(completion, dso->symbols.v[i].name);
}

static void offer_marks(struct completion *completion, struct dso *dso, bool providers)
{
	struct usdt_vec marks = {0};

	usdt_read(dso, &marks);
	for (unsigned i = 0; i < marks.n; i++)
		offer_name(completion, providers ? marks.v[i].provider : marks.v[i].name);
}

static void offer_plt(struct completion *completion, struct dso *dso)
{
	dso_read_plt(dso);
	for (unsigned i = 0; i < dso->plt.n; i++)
		offer_name(completion, dso->plt.v[i].name);
}

static void offer_libraries(struct completion *completion, struct dso *dso)
{
	struct path_vec paths = {0};
	const char *error;

	if (!paths_of_linked(completion->files->debuginfo, dso, "*", &paths, &error, NULL))
		return;
	for (unsigned i = 0; i < paths.n; i++) {
		const char *slash = strrchr(paths.v[i], '/');

		offer_name(completion, slash ? slash + 1 : paths.v[i]);
		offer_name(completion, paths.v[i]);
	}
}

static void offer_kernel(struct completion *completion)
{
	unsigned n, low = 0, high;
	const char **names = words_of_kernel(completion->live->words, &n);
	size_t length = strlen(completion->word);

	high = n;
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (strcmp(names[middle], completion->word) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && !strncmp(names[low], completion->word, length); low++)
		offer_name(completion, names[low]);
}

static void offer_tracepoints(struct completion *completion)
{
	struct trace_name_vec events = {0};

	tracefs_list(completion->arena, "*", "*", &events);
	for (unsigned i = 0; i < events.n; i++) {
		if (strchr(completion->word, ':'))
			offer_name(completion, arena_printf(completion->arena, "%s:%s",
							    events.v[i].system, events.v[i].name));
		else
			offer_with(completion, events.v[i].system, ":");
		offer_name(completion, events.v[i].name);
	}
}

static void complete_in_program(struct completion *completion, const char *component,
				struct dso *dso)
{
	if (!strcmp(component, "mark") || !strcmp(component, "provider"))
		offer_marks(completion, dso, component[0] == 'p');
	else if (!strcmp(component, "plt"))
		offer_plt(completion, dso);
	else if (!strcmp(component, "data"))
		offer_data(completion, dso);
	else if (!strcmp(component, "library"))
		offer_libraries(completion, dso);
	else
		offer_functions(completion, dso);
	if (!strcmp(component, "function"))
		offer_inlined(completion, dso);
}

static void complete_argument(struct completion *completion, const struct cursor_place *place)
{
	struct dso *dso;

	if (!strcmp(place->component, "process")) {
		complete_program(completion);
		return;
	}
	if (!strcmp(place->component, "trace") || !strcmp(place->component, "tracepoint")) {
		offer_tracepoints(completion);
		return;
	}
	if (!strncmp(place->point, "kernel", 6)) {
		offer_kernel(completion);
		return;
	}
	completion->point = place->point;
	dso = program_of(completion, place->point);
	if (dso)
		complete_in_program(completion, place->component, dso);
}

/* The string that stands as the component's argument. */
const char *point_path(struct completion *completion, const char *component)
{
	const char *text = arena_printf(completion->arena, "%s(\"", component);
	const char *at = strstr(completion->point, text), *end;

	if (!at)
		return "";
	at += strlen(text);
	end = strchrnul(at, '"');
	return arena_strndup(completion->arena, at, (size_t)(end - at));
}

/* ---- types for @cast ---- */

static void offer_die_types(struct completion *completion, Dwarf_Die *unit)
{
	Dwarf_Die die;

	if (dwarf_child(unit, &die))
		return;
	do {
		int tag = dwarf_tag(&die);
		const char *name = dwarf_diename(&die);

		if (!name)
			continue;
		if (tag == DW_TAG_typedef || tag == DW_TAG_base_type)
			offer_name(completion, name);
		else if (tag == DW_TAG_structure_type || tag == DW_TAG_class_type)
			offer_name(completion, arena_printf(completion->arena, "struct %s", name));
		else if (tag == DW_TAG_union_type)
			offer_name(completion, arena_printf(completion->arena, "union %s", name));
		else if (tag == DW_TAG_enumeration_type)
			offer_name(completion, arena_printf(completion->arena, "enum %s", name));
	} while (!dwarf_siblingof(&die, &die));
}

static void offer_program_types(struct completion *completion, struct dso *dso)
{
	struct dwarf_file *file = dwarf_file_of(dso);

	if (!file->dwarf)
		return;
	dwarf_read_units(file);
	for (unsigned i = 0; i < file->units.n; i++)
		offer_die_types(completion, &file->units.v[i].die);
}

static void offer_kernel_types(struct completion *completion)
{
	const char *error;
	struct btf_file *file = btf_file_open(BTF_VMLINUX, NULL, &error);

	if (!file)
		return;
	for (uint32_t id = btf_file_first(file); id < btf_file_end(file); id++) {
		const struct btf_type *type = btf_file_type(file, id);
		unsigned kind = type ? BTF_INFO_KIND(type->info) : 0;
		const char *before = kind == BTF_KIND_STRUCT  ? "struct "
				     : kind == BTF_KIND_UNION ? "union "
				     : kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64 ? "enum "
				     : kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_INT ? "" : NULL;
		size_t length = before ? strlen(before) : 0, typed = strlen(completion->word);

		if (!before || strncmp(before, completion->word, typed < length ? typed : length))
			continue;
		offer_name(completion, arena_printf(completion->arena, "%s%s", before,
						    btf_file_name(file, type->name_off)));
	}
	btf_file_close(file);
}

/* Of the program that the probe is in, or the target's; of the kernel. */
static void complete_type(struct completion *completion, const char *point)
{
	struct dso *dso = strncmp(point, "kernel", 6) ? program_of(completion, point) : NULL;

	completion->point = point;
	if (dso)
		offer_program_types(completion, dso);
	offer_kernel_types(completion);
}

/* ---- $variables and members ---------------------------------------------------------------------------------- */

static void offer_member(void *data, const char *name)
{
	struct completion *completion = data;

	offer_with(completion, arena_printf(completion->arena, "%s%s", completion->path, name), "");
}

static void complete_members(struct completion *completion, struct live_unit *unit,
			     const char *point, const char *subject, size_t path)
{
	const char *text;

	completion->path = arena_strndup(completion->arena, completion->word, path);
	text = arena_printf(completion->arena, "probe %s { println(%s%s__completion__) }", point,
			    subject, completion->path);
	unit->diags.known = offer_member;
	unit->diags.known_data = completion;
	if (unit_parse(unit, text, "<completion>"))
		unit_resolve(completion->live, unit);
}

static void complete_variables(struct completion *completion, struct live_unit *unit,
			       const char *point)
{
	static const char *const all[] = {"$$vars", "$$parms", "$$locals", "$$return", NULL};
	struct variable_vec variables = {0};
	const char *text = arena_printf(completion->arena,
					"probe %s { if (@defined($$vars)) ; }", point);
	struct probe *probe;

	for (const char *const *name = all; *name; name++)
		offer_name(completion, *name);
	if (!unit_parse(unit, text, "<completion>") || !unit_resolve(completion->live, unit) ||
	    !unit->compile.program->probes.n)
		return;
	probe = unit->compile.program->probes.v[0];
	if (probe->family && probe->family->variables)
		probe->family->variables(unit->compile.program->families, probe, &variables);
	for (unsigned i = 0; i < variables.n; i++)
		offer_name(completion, variables.v[i].name);
}

static void complete_target(struct completion *completion, const char *point,
			    const char *subject)
{
	struct live_unit *unit = unit_begin(completion->live);
	size_t path = strlen(completion->word);

	while (path && completion->word[path - 1] != '>')
		path--;
	if ((*point || *subject) && path)
		complete_members(completion, unit, *point ? point : "begin", subject, path);
	else if (*point)
		complete_variables(completion, unit, point);
	unit_end(unit);
}

/* ---- code ------------------------------------------------------------------------------------------------------- */

static void offer_keywords(struct completion *completion)
{
	static const char *const words[] = {
		"probe", "global", "function", "private", "if", "else", "while", "for", "foreach",
		"in", "limit", "return", "break", "continue", "next", "delete", "try", "catch",
		"print(", "println(", "printf(", "printd(", "printdln(", "sprint(", "sprintln(",
		"sprintf(", "sprintd(", "print_char(", "@count(", "@sum(", "@min(", "@max(", "@avg(",
		"@variance(", "@hist_log(", "@hist_linear(", "@entry(", "@defined(", "@cast(",
		"@var(", "@define", NULL};

	for (const char *const *word = words; *word; word++)
		offer_name(completion, *word);
}

/* Assignments in the prologue of an alias are variables of its probes. */
static bool offer_assigned(struct ast_visitor *visitor, struct expr **place)
{
	if ((*place)->kind == EXPR_ASSIGN && (*place)->assign.left->kind == EXPR_NAME)
		offer_name(visitor->data, (*place)->assign.left->name.text);
	return true;
}

static void offer_alias_variables(struct completion *completion, const char *point)
{
	const struct words *words = words_of_tapsets(completion->live);
	struct ast_visitor visitor = {.expr = offer_assigned, .data = completion};
	size_t length = strcspn(point, " \t\n,{");

	for (unsigned i = 0; i < words->v.n; i++) {
		const struct word *word = &words->v.v[i];
		struct stmt *body = word->alias ? word->alias->prologue : NULL;

		if (body && strlen(word->name) == length && !strncmp(word->name, point, length))
			ast_visit_stmt(&visitor, &body);
	}
}

/* Of system calls, which are no aliases. */
static void offer_syscall_variables(struct completion *completion, const char *point)
{
	size_t length = strcspn(point, " \t\n,{");

	if (strncmp(point, "syscall.", 8) && strncmp(point, "nd_syscall.", 11))
		return;
	offer_name(completion, "name");
	offer_name(completion, "argstr");
	if (length > 7 && !strncmp(point + length - 7, ".return", 7)) {
		offer_name(completion, "retstr");
		offer_name(completion, "retval");
	}
}

static void offer_declared(struct completion *completion)
{
	const struct live *live = completion->live;
	const struct words *words = words_of_tapsets(completion->live);

	for (unsigned i = 0; i < live->items.n; i++) {
		const struct item *item = live->items.v[i];

		if (item->kind == ITEM_GLOBAL)
			offer_name(completion, item->name);
		else if (item->kind == ITEM_FUNCTION)
			offer_with(completion, item->name, "(");
		else if (item->kind == ITEM_MACRO)
			offer_name(completion, arena_printf(completion->arena, "@%s", item->name));
	}
	for (unsigned i = 0; i < words->v.n; i++)
		if (words->v.v[i].kind != WORD_ALIAS)
			offer_with(completion, words->v.v[i].name,
				   words->v.v[i].kind == WORD_FUNCTION ? "(" : "");
}

static void complete_code(struct completion *completion, const char *point, const char *subject)
{
	if (completion->word[0] == '$' || *subject) {
		complete_target(completion, point, subject);
		return;
	}
	offer_keywords(completion);
	offer_declared(completion);
	offer_alias_variables(completion, point);
	offer_syscall_variables(completion, point);
}

/* ---- commands ------------------------------------------------------------------------------------------------------ */

static void offer_commands(struct completion *completion)
{
	for (const struct command *command = commands; command->name; command++)
		offer_name(completion, command->name);
}

static void offer_numbers(struct completion *completion)
{
	for (unsigned i = 0; i < completion->live->probes.n; i++)
		offer_name(completion, arena_printf(completion->arena, "%u",
						    completion->live->probes.v[i]->number));
	offer_name(completion, "all");
}

static void offer_items(struct completion *completion, bool globals_only)
{
	for (unsigned i = 0; i < completion->live->items.n; i++)
		if (!globals_only || completion->live->items.v[i]->kind == ITEM_GLOBAL)
			offer_name(completion, completion->live->items.v[i]->name);
}

static void offer_topics(struct completion *completion)
{
	const struct words *words = words_of_tapsets(completion->live);

	offer_commands(completion);
	offer_keywords(completion);
	for (unsigned i = 0; i < words->v.n; i++)
		offer_name(completion, words->v.v[i].name);
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

static void complete_command(struct completion *completion, const struct cursor_place *place)
{
	static const char *const numbered[] = {"drop", "enable", "disable", "edit", NULL};
	static const char *const settings[] = {"rows", "color", "HIST_ELISION", "MAXACTION", "MAXERRORS",
					       "MAXMAPENTRIES", "MAXNESTING", "MAXSKIPPED",
					       "MAXSTRINGLEN", "MAXTRYLOCK", NULL};

	if (is_one_of(place->command, numbered)) {
		offer_numbers(completion);
		if (place->command[0] == 'd' || place->command[1] == 'd')
			offer_items(completion, false);
	} else if (!strcmp(place->command, "clear")) {
		offer_items(completion, true);
	} else if (!strcmp(place->command, "help")) {
		offer_topics(completion);
	} else if (!strcmp(place->command, "attach")) {
		offer_running(completion, true);
	} else if (!strcmp(place->command, "set")) {
		for (const char *const *name = settings; *name; name++)
			offer_name(completion, *name);
	} else {
		complete_code(completion, "", place->subject);
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------------- */

static bool is_command(const char *word, size_t length)
{
	for (const struct command *command = commands; command->name; command++)
		if (strlen(command->name) == length && !strncmp(command->name, word, length))
			return true;
	return false;
}

static bool wants_file(const char *command)
{
	static const char *const commands_with_files[] = {"save", "load", "run", "shell", NULL};

	return is_one_of(command, commands_with_files);
}

/*
 * A path has characters that end a name; for save, load and help all of the line is one, for the
 * shell a blank with a backslash does not end it.
 */
static size_t path_start(const char *text, size_t cursor, const char *command)
{
	size_t at = strlen(command) + strspn(text, " \t\n"), start = cursor;

	if (is_one_of(command, (const char *const[]){"save", "load", "help", NULL})) {
		at += strspn(text + at, " \t");
		return at < cursor ? at : cursor;
	}
	while (start && !(isspace((unsigned char)text[start - 1]) &&
			  (start < 2 || text[start - 2] != '\\')))
		start--;
	return start;
}

/* For the shell: names with blanks and the like have backslashes. */
static void quote_names(struct completion *completion)
{
	for (unsigned i = 0; i < completion->names.n; i++) {
		const char *name = completion->names.v[i];
		char *quoted = arena_alloc(completion->arena, 2 * strlen(name) + 1), *to = quoted;

		for (; *name; name++) {
			if (strchr(" \t\\'\"$&;()<>|*?[]#`", *name))
				*to++ = '\\';
			*to++ = *name;
		}
		*to = 0;
		completion->names.v[i] = quoted;
	}
}

static const char *unquoted(struct completion *completion, const char *word)
{
	char *plain = arena_strdup(completion->arena, word), *to = plain;

	for (const char *at = word; *at; at++)
		if (*at != '\\' || !at[1])
			*to++ = *at;
	*to = 0;
	return plain;
}

static void complete_shell_path(struct completion *completion)
{
	completion->word = unquoted(completion, completion->word);
	complete_path(completion);
	quote_names(completion);
}

void complete(struct completion *completion, const char *text, size_t cursor)
{
	struct cursor_place place;

	cursor_place_find(&place, text, cursor, is_command);
	if (text[strspn(text, " \t\n")] == '!')
		strcpy(place.command, "shell");
	if (wants_file(place.command) || !strcmp(place.command, "help"))
		place.word = path_start(text, cursor, place.command);
	completion->start = place.word;
	completion->word = arena_strndup(completion->arena, text + place.word, cursor - place.word);
	completion->point = place.point;
	if (is_one_of(place.command, (const char *const[]){"run", "shell", NULL}))
		complete_shell_path(completion);
	else if (wants_file(place.command))
		complete_path(completion);
	else if (place.kind == PLACE_POINT)
		complete_point(completion, place.point);
	else if (place.kind == PLACE_ARGUMENT)
		complete_argument(completion, &place);
	else if (place.kind == PLACE_COMMAND)
		complete_command(completion, &place);
	else if (place.kind == PLACE_TYPE)
		complete_type(completion, place.point);
	else if (place.kind == PLACE_PROGRAM)
		complete_program(completion);
	else if (place.kind != PLACE_STRING)
		complete_code(completion, place.point, place.subject);
	if (place.kind == PLACE_START && !*place.command)
		offer_commands(completion);
	completion->in_string = place.kind == PLACE_ARGUMENT || place.kind == PLACE_TYPE ||
				place.kind == PLACE_PROGRAM;
	sort_names(completion);
}
