/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From names in probe points to files: $PATH, the loader's cache and directories, a process.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/ldcache.h"
#include "compiler/debuginfo/paths.h"
#include "compiler/syntax/diag.h"

static bool is_glob(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What is below /proc/PID/root has another name there, or none, outside. */
static void add_path(struct arena *arena, const char *path, struct path_vec *out)
{
	char real[PATH_MAX];

	if (strncmp(path, "/proc/", 6)) {
		if (!realpath(path, real))
			return;
		path = real;
	}
	for (unsigned i = 0; i < out->n; i++)
		if (!strcmp(out->v[i], path))
			return;
	VEC_PUSH(arena, out, arena_strdup(arena, path));
}

/* An ELF file that this machine runs: a pattern may match libraries of others beside it. */
static bool is_ours(int fd)
{
	Elf64_Ehdr header;

	return pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       !memcmp(header.e_ident, ELFMAG, SELFMAG) &&
	       header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == EM_X86_64;
}

static bool add_glob(struct arena *arena, const char *pattern, bool only_elf, struct path_vec *out)
{
	unsigned before = out->n;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = is_file(found.gl_pathv[i]) ?
				 open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC) : -1;

		if (fd >= 0 && (!only_elf || is_ours(fd)))
			add_path(arena, found.gl_pathv[i], out);
		if (fd >= 0)
			close(fd);
	}
	globfree(&found);
	return out->n > before;
}

/* ---- $PATH -------------------------------------------------------------------------------- */

static const char *path_variable(void)
{
	const char *path = getenv("PATH");

	return path && *path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* The next directory of a list with ':' between; NULL at the end. */
static const char *next_directory(struct arena *arena, const char **list)
{
	size_t length;
	const char *directory;

	if (!**list)
		return NULL;
	length = strcspn(*list, ":");
	directory = length ? arena_strndup(arena, *list, length) : ".";
	*list += length + ((*list)[length] == ':');
	return directory;
}

static const char *find_in(struct arena *arena, const char *list, const char *name, int mode)
{
	const char *directory;

	while ((directory = next_directory(arena, &list))) {
		const char *path = arena_printf(arena, "%s/%s", directory, name);

		if (is_file(path) && !access(path, mode))
			return path;
	}
	return NULL;
}

/* ---- the loader --------------------------------------------------------------------------- */

const char *paths_of_library(struct arena *arena, const char *name)
{
	const char *list = getenv("LD_LIBRARY_PATH"), *path = NULL;

	if (list && *list)
		path = find_in(arena, list, name, R_OK);
	if (!path)
		path = ldcache_find(arena, name);
	if (!path)
		path = find_in(arena,
			       "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:"
			       "/lib:/usr/lib:/usr/local/lib", name, R_OK);
	return path;
}

/* ---- scripts ------------------------------------------------------------------------------ */

/* The program that runs a script, from its first line: "#!/usr/bin/env python3" is python3. */
static const char *interpreter(struct arena *arena, const char *path)
{
	char line[256], *word, *rest = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	if (n < 3 || line[0] != '#' || line[1] != '!')
		return NULL;
	line[n] = 0;
	line[strcspn(line, "\n")] = 0;
	word = strtok_r(line + 2, " \t", &rest);
	if (!word)
		return NULL;
	if (!strcmp(base_name(word), "env")) {
		do {
			word = strtok_r(NULL, " \t", &rest);
		} while (word && (*word == '-' || strchr(word, '=')));
		return word ? find_in(arena, path_variable(), word, X_OK) : NULL;
	}
	return is_file(word) ? arena_strdup(arena, word) : NULL;
}

static void add_program(struct arena *arena, const char *path, struct path_vec *out)
{
	const char *program, *script = path;

	for (unsigned depth = 0; depth < 4 && (program = interpreter(arena, path)); depth++)
		path = program;
	if (path != script)
		out->script = arena_strdup(arena, script);
	add_path(arena, path, out);
}

/* ---- suggestions -------------------------------------------------------------------------- */

static void offer_directory(struct arena *arena, const char *directory, struct suggest *suggest)
{
	char pattern[PATH_MAX];
	glob_t found;

	if (!suggest)
		return;
	snprintf(pattern, sizeof(pattern), "%s/*", directory);
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		suggest_offer(suggest, arena_strdup(arena, base_name(found.gl_pathv[i])));
	globfree(&found);
}

static void offer_programs(struct arena *arena, struct suggest *suggest)
{
	const char *list = path_variable(), *directory;

	while ((directory = next_directory(arena, &list)))
		offer_directory(arena, directory, suggest);
}

/* ---- process("NAME") ---------------------------------------------------------------------- */

static bool find_plain(struct arena *arena, const char *name, struct path_vec *out,
		       const char **error, struct suggest *suggest)
{
	const char *path = find_in(arena, path_variable(), name, X_OK);
	bool library = strstr(name, ".so") != NULL;

	if (!path)
		path = paths_of_library(arena, name);
	if (path) {
		add_program(arena, path, out);
		return true;
	}
	if (library) {
		*error = arena_printf(arena, "no library '%s' (looked in the loader's cache "
				      "and the standard directories)", name);
		if (suggest)
			ldcache_offer(arena, suggest);
	} else {
		*error = arena_printf(arena, "no program '%s' in $PATH (%s)", name, path_variable());
		offer_programs(arena, suggest);
	}
	return false;
}

/*
 * A library in a directory where other systems keep theirs, and this one need not: what the
 * loader has of that name.
 */
static bool find_library_elsewhere(struct arena *arena, const char *name, struct path_vec *out)
{
	static const char *const directories[] = {"/lib", "/lib64", "/lib*", "/usr/lib",
						  "/usr/lib64", "/usr/lib*"};
	const char *base = base_name(name), *path;
	size_t length = (size_t)(base - name);

	for (unsigned i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		if (strlen(directories[i]) + 1 != length ||
		    strncmp(directories[i], name, length - 1) || !strstr(base, ".so"))
			continue;
		if (is_glob(base))
			return ldcache_glob(arena, base, out);
		path = paths_of_library(arena, base);
		if (path)
			add_program(arena, path, out);
		return path != NULL;
	}
	return false;
}

static bool find_with_slash(struct arena *arena, const char *name, struct path_vec *out,
			    const char **error, struct suggest *suggest)
{
	struct stat st;

	if (!stat(name, &st)) {
		if (S_ISDIR(st.st_mode)) {
			*error = arena_printf(arena, "'%s' is a directory", name);
			return false;
		}
		add_program(arena, name, out);
		return true;
	}
	*error = arena_printf(arena, "'%s': %s", name, strerror(errno));
	if (find_library_elsewhere(arena, name, out))
		return true;
	offer_directory(arena, arena_strndup(arena, name, (size_t)(base_name(name) - name)),
			suggest);
	return false;
}

static bool find_glob(struct arena *arena, const char *name, struct path_vec *out,
		      const char **error)
{
	const char *list = path_variable(), *directory;
	bool found = false;

	if (strchr(name, '/')) {
		found = add_glob(arena, name, true, out) ||
			find_library_elsewhere(arena, name, out);
	} else {
		while ((directory = next_directory(arena, &list)))
			found |= add_glob(arena, arena_printf(arena, "%s/%s", directory, name),
					  true, out);
		if (!found)
			found = ldcache_glob(arena, name, out);
	}
	if (!found)
		*error = arena_printf(arena, "no ELF file of this machine matches '%s'", name);
	return found;
}

bool paths_of_process(struct arena *arena, const char *name, struct path_vec *out,
		      const char **error, struct suggest *suggest)
{
	if (suggest)
		suggest_start(suggest, strchr(name, '/') ? base_name(name) : name);
	if (!*name) {
		*error = "the name of the program is empty";
		return false;
	}
	if (strchr(name, '/') && !access(name, F_OK))
		return find_with_slash(arena, name, out, error, suggest);
	if (is_glob(name))
		return find_glob(arena, name, out, error);
	if (strchr(name, '/'))
		return find_with_slash(arena, name, out, error, suggest);
	return find_plain(arena, name, out, error, suggest);
}

/* ---- .library("NAME") --------------------------------------------------------------------- */

static bool library_matches(const char *path, const char *soname, const char *pattern)
{
	if (!strcmp(path, pattern) || !strcmp(base_name(path), pattern) ||
	    (soname && !strcmp(soname, pattern)))
		return true;
	if (!is_glob(pattern))
		return false;
	return !fnmatch(pattern, path, 0) || !fnmatch(pattern, base_name(path), 0) ||
	       (soname && !fnmatch(pattern, soname, 0));
}

/* Calls `needed` for each DT_NEEDED entry. */
static void each_needed(struct dso *dso, void (*needed)(void *data, const char *name), void *data)
{
	GElf_Shdr shdr;
	Elf_Data *dynamic = elf_section_data(dso->elf, ".dynamic", &shdr);
	size_t n = dynamic ? dynamic->d_size / sizeof(Elf64_Dyn) : 0;

	for (size_t i = 0; i < n && i < 4096; i++) {
		const char *name;
		GElf_Dyn dyn;

		if (!gelf_getdyn(dynamic, (int)i, &dyn) || dyn.d_tag == DT_NULL)
			return;
		name = dyn.d_tag == DT_NEEDED ? elf_strptr(dso->elf, shdr.sh_link, dyn.d_un.d_val) :
						NULL;
		if (name)
			needed(data, name);
	}
}

/* The run path of a file: DT_RUNPATH or DT_RPATH, $ORIGIN replaced; "" when it has none. */
static const char *run_path(struct arena *arena, struct dso *dso)
{
	GElf_Shdr shdr;
	Elf_Data *dynamic = elf_section_data(dso->elf, ".dynamic", &shdr);
	size_t n = dynamic ? dynamic->d_size / sizeof(Elf64_Dyn) : 0;
	const char *text = "", *at;

	for (size_t i = 0; i < n && i < 4096; i++) {
		GElf_Dyn dyn;

		if (!gelf_getdyn(dynamic, (int)i, &dyn) || dyn.d_tag == DT_NULL)
			break;
		if (dyn.d_tag == DT_RUNPATH || dyn.d_tag == DT_RPATH)
			text = elf_strptr(dso->elf, shdr.sh_link, dyn.d_un.d_val);
	}
	text = text ? text : "";
	while ((at = strstr(text, "$ORIGIN"))) {
		size_t directory = (size_t)(base_name(dso->path) - dso->path);

		text = arena_printf(arena, "%.*s%.*s%s", (int)(at - text), text,
				    (int)(directory ? directory - 1 : 0), dso->path, at + 7);
	}
	return text;
}

struct closure {
	struct debuginfo *debuginfo;
	struct dso *dso; /* whose needs are being read */
	const char *pattern;
	struct path_vec seen;
	struct path_vec *out;
	struct suggest *suggest;
};

static void closure_add(void *data, const char *soname)
{
	struct closure *closure = data;
	struct arena *arena = closure->debuginfo->arena;
	const char *path = find_in(arena, run_path(arena, closure->dso), soname, R_OK);

	if (!path)
		path = paths_of_library(arena, soname);
	if (!path)
		return;
	if (closure->suggest)
		suggest_offer(closure->suggest, soname);
	add_path(arena, path, &closure->seen);
	if (library_matches(path, soname, closure->pattern))
		add_path(arena, path, closure->out);
}

bool paths_of_linked(struct debuginfo *debuginfo, struct dso *program, const char *name,
		     struct path_vec *out, const char **error, struct suggest *suggest)
{
	struct closure closure = { .debuginfo = debuginfo, .dso = program, .pattern = name,
				   .out = out, .suggest = suggest };
	struct arena *arena = debuginfo->arena;
	unsigned before = out->n;

	if (suggest)
		suggest_start(suggest, name);
	each_needed(program, closure_add, &closure);
	for (unsigned i = 0; i < closure.seen.n && i < 1000; i++) {
		const char *ignored;

		closure.dso = debuginfo_open(debuginfo, closure.seen.v[i], &ignored);
		if (closure.dso)
			each_needed(closure.dso, closure_add, &closure);
	}
	if (out->n > before)
		return true;
	if (!is_glob(name)) {
		const char *path = strchr(name, '/') ? name : paths_of_library(arena, name);

		if (path && is_file(path)) {
			add_path(arena, path, out);
			return true;
		}
	}
	*error = arena_printf(arena, "no library '%s' that %s is linked with", name, program->path);
	return false;
}

/* ---- processes ---------------------------------------------------------------------------- */

static bool same_file(const char *left, const char *right)
{
	struct stat a, b;

	return !stat(left, &a) && !stat(right, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

const char *paths_of_pid(struct arena *arena, int pid, const char **error)
{
	const char *link = arena_printf(arena, "/proc/%d/exe", pid), *inside;
	char path[PATH_MAX];
	ssize_t n = readlink(link, path, sizeof(path) - 1);

	if (n < 0 && errno != ENOENT) {
		*error = arena_printf(arena, "process %d: %s", pid, strerror(errno));
		return NULL;
	}
	if (n < 0) {
		*error = access(arena_printf(arena, "/proc/%d", pid), F_OK) ?
				 arena_printf(arena, "there is no process %d", pid) :
				 arena_printf(arena, "process %d runs no program: it is a thread of "
					      "the kernel, or has ended", pid);
		return NULL;
	}
	path[n] = 0;
	if (same_file(path, link))
		return arena_strdup(arena, path);
	inside = arena_printf(arena, "/proc/%d/root%s", pid, path);
	return same_file(inside, link) ? inside : link;
}

/* The path of a mapping as it can be opened from here. */
static const char *mapped_path(struct arena *arena, int pid, const char *path, unsigned long inode)
{
	const char *inside = arena_printf(arena, "/proc/%d/root%s", pid, path);
	struct stat st;

	if (!stat(path, &st) && st.st_ino == inode)
		return path;
	return !stat(inside, &st) ? inside : NULL;
}

bool paths_of_mapped(struct arena *arena, int pid, const char *name, struct path_vec *out,
		     const char **error, struct suggest *suggest)
{
	const char *root = arena_printf(arena, "/proc/%d/root", pid);
	FILE *maps = fopen(arena_printf(arena, "/proc/%d/maps", pid), "re");
	char *line = NULL;
	size_t size = 0;
	unsigned before = out->n;

	if (!strncmp(name, root, strlen(root)) && name[strlen(root)] == '/')
		name += strlen(root); /* the maps have the process' own names */
	if (suggest)
		suggest_start(suggest, name);
	if (!maps) {
		*error = arena_printf(arena, "process %d: %s", pid, strerror(errno));
		return false;
	}
	while (getline(&line, &size, maps) > 0) {
		char mode[5] = "";
		unsigned long inode = 0;
		const char *path;
		int at = 0;

		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%*x-%*x %4s %*x %*s %lu %n", mode, &inode, &at) < 2 || !inode ||
		    mode[2] != 'x' || !at || line[at] != '/')
			continue;
		path = line + at;
		if (suggest)
			suggest_offer(suggest, arena_strdup(arena, base_name(path)));
		if (!library_matches(path, NULL, name))
			continue;
		path = mapped_path(arena, pid, path, inode);
		if (path)
			add_path(arena, path, out);
	}
	free(line);
	fclose(maps);
	if (out->n == before)
		*error = arena_printf(arena, "process %d has no library '%s' mapped", pid, name);
	return out->n > before;
}

const char *paths_of_address(struct arena *arena, int pid, uint64_t address, uint64_t *offset,
			     const char **error)
{
	FILE *maps = fopen(arena_printf(arena, "/proc/%d/maps", pid), "re");
	const char *path = NULL;
	char *line = NULL;
	size_t size = 0;

	*error = maps ? arena_printf(arena, "process %d has no file mapped at 0x%llx", pid,
				     (unsigned long long)address)
		      : arena_printf(arena, "process %d: %s", pid, strerror(errno));
	while (maps && !path && getline(&line, &size, maps) > 0) {
		unsigned long start, end, at, inode;
		int text = 0;

		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%lx-%lx %*s %lx %*s %lu %n", &start, &end, &at, &inode, &text) < 4 ||
		    address < start || address >= end || !text || line[text] != '/')
			continue;
		path = mapped_path(arena, pid, arena_strdup(arena, line + text), inode);
		*offset = address - start + at;
	}
	free(line);
	if (maps)
		fclose(maps);
	return path;
}
