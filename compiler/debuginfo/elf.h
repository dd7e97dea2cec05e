/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ELF file: its segments, symbols and build ID. What DWARF knows of it is in dwarf.h.
 *
 * Addresses are virtual addresses as written in the file; a running process adds its load bias.
 * Nothing here trusts the file: what does not make sense is left out.
 */
#ifndef SPILE_DEBUGINFO_ELF_H
#define SPILE_DEBUGINFO_ELF_H

#include <gelf.h>

#include "compiler/debuginfo/debuginfo.h"

enum dso_symbol_kind {
	DSO_FUNCTION,
	DSO_IFUNC,  /* a resolver: the address is of the code that chooses, not of the chosen */
	DSO_OBJECT, /* data */
	DSO_TLS,    /* address: offset in the module's thread-local block */
};

struct dso_symbol {
	const char *name;    /* as in the file, without the version */
	const char *plain;   /* symbol_plain()'s memory */
	const char *version; /* of exported symbols: "GLIBC_2.2.5", or NULL */
	uint64_t address, size;
	enum dso_symbol_kind kind;
	bool exported; /* in the dynamic symbol table */
	bool old;      /* not the version that programs are linked with now: foo@V, not foo@@V */
	bool global;
	bool fragment; /* ".cold", ".part.0": code of a function that is not its entry */
};

struct dso_segment {
	uint64_t address, offset, file_size, memory_size;
	bool executable;
	/* Of the kernel's files (kernel_file.h): where it is; or its offset in each processor's. */
	uint64_t loaded;
	bool per_cpu;
};

/* An entry of the procedure linkage table. */
struct dso_plt {
	const char *name;
	const char *version; /* that is called: "GLIBC_2.14", or NULL */
	uint64_t address;
};

/* A call instruction that tells its target, and the address behind it. */
struct dso_call {
	uint64_t target, back;
};

struct dwarf_file; /* dwarf.h */

struct dso {
	struct debuginfo *debuginfo;
	const char *path; /* absolute, symbolic links resolved */
	int fd;
	uint64_t device, inode;
	Elf *elf;
	bool relocatable; /* loaded at any address: shared object or PIE */
	bool kernel;      /* the running kernel, or a module of it: kernel_file.h */
	const char *module; /* its name, or NULL */
	bool is_library;  /* has a name (DT_SONAME), or no program interpreter */
	unsigned char build_id[64];
	unsigned build_id_size;
	struct {
		VEC(struct dso_segment);
	} segments;
	bool symbols_read;
	struct {
		VEC(struct dso_symbol); /* by address, then exported and global first */
	} symbols;
	bool plt_read;
	struct {
		VEC(struct dso_plt);
	} plt;
	struct reach_branches *branches; /* reach.h; NULL: not looked for yet */
	bool calls_read;
	struct {
		VEC(struct dso_call); /* by target: calls.h */
	} calls;
	bool golang_tried;
	struct golang_table *golang; /* golang.h; NULL: there is no code in Go */
	Elf *mini;                /* MiniDebugInfo, unpacked, or NULL */
	struct dwarf_file *dwarf; /* NULL: not looked for yet */
};

void dso_close(struct dso *dso);

/* The file offset of code at `address`; false when no executable segment holds it. */
bool dso_code_offset(const struct dso *dso, uint64_t address, uint64_t *offset);
/* The same for any segment with file content. */
bool dso_data_offset(const struct dso *dso, uint64_t address, uint64_t *offset);
/* Copies file content that is loaded at `address`; the number of bytes that there are. */
size_t dso_read(const struct dso *dso, uint64_t address, void *to, size_t size);

/*
 * What tells a loaded file from others: 16 bytes at an address that nothing changes, of its build
 * ID, or where there is none, of its header. headers: where the program headers are, or 0.
 * False: it has nothing of the kind.
 */
struct dso_identity {
	uint64_t address, first, second, headers;
};
bool dso_identify(const struct dso *dso, struct dso_identity *identity);

/* Reads dso->symbols from .symtab (also the separate debug file's), .dynsym, MiniDebugInfo. */
void dso_read_symbols(struct dso *dso);
/* The symbol of code whose range holds `address`, or NULL. */
const struct dso_symbol *dso_symbol_at(struct dso *dso, uint64_t address);

/* A symbol by its exact name, exported and global ones first; NULL: there is none. */
const struct dso_symbol *dso_find_symbol(struct dso *dso, const char *name);

/* Whether "V" or, of "foo@@V", "@V" is the symbol's version. */
bool symbol_has_version(const struct dso_symbol *symbol, const char *version);

/* Reads dso->plt. */
void dso_read_plt(struct dso *dso);

/* The section of that name with content in the file, or NULL. */
Elf_Scn *elf_section_find(Elf *elf, const char *name, GElf_Shdr *shdr);
/* The content of a section, decompressed; NULL when there is none of that name. */
Elf_Data *elf_section_data(Elf *elf, const char *name, GElf_Shdr *shdr);
/* "name.constprop.0" is "name": the length without what compilers append to clones. */
size_t symbol_base_length(const char *name, bool *fragment);

/*
 * Whether a function's name matches a glob pattern. The pattern may be the name in the file,
 * the name without clone suffixes, the demangled name ("ns::C<int>::f"), that without template
 * arguments, or the last component of it ("f").
 */
bool symbol_matches(struct dso *dso, struct dso_symbol *symbol, const char *pattern);
/* The symbol's name demangled, without parameters; `name` itself when it is not mangled. */
const char *symbol_plain(struct dso *dso, struct dso_symbol *symbol);
/* symbol_matches() for a demangled qualified name. */
bool name_matches(const char *qualified, const char *pattern);
/* The demangled name without parameters and return type; NULL when `name` is not mangled. */
const char *symbol_demangle(struct arena *arena, const char *name);

#endif
