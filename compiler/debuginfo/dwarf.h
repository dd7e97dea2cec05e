/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DWARF says about one ELF file: found where users have it, opened when first asked for.
 *
 * It is looked for in the file itself, in the build-ID directories, by .gnu_debuglink, and from
 * debuginfod servers when $DEBUGINFOD_URLS names some.
 */
#ifndef SPILE_DEBUGINFO_DWARF_H
#define SPILE_DEBUGINFO_DWARF_H

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "compiler/debuginfo/elf.h"
#include "compiler/debuginfo/unpack.h"
#include "compiler/syntax/diag.h"

struct ctype;

struct dwarf_index;

/* Code of a function: out of line, or one inlined instance of it. */
struct dwarf_function {
	Dwarf_Die die;       /* DW_TAG_subprogram or DW_TAG_inlined_subroutine */
	uint64_t entry;
	bool inlined;
	struct dwarf_unit *unit;
	const void *origin; /* the address of the DIE that it is an instance of; NULL: not known */
};

/* A described call, and where it returns to. */
struct dwarf_call {
	uint64_t back;
	Dwarf_Die die;
};

/* From an address up to that of the next stretch: which function it is (its number), if any. */
struct dwarf_stretch {
	uint64_t address;
	unsigned function;
};
#define NO_FUNCTION UINT32_MAX

/* A compilation unit. */
struct dwarf_unit {
	struct dwarf_file *file;
	Dwarf_Die die;      /* with what is in the unit: the split unit's when there is one */
	Dwarf_Die skeleton; /* with the addresses and lines: the same as `die` when not split */
	bool partial;       /* holds only what other units import */
	bool functions_read;
	struct {
		VEC(struct dwarf_function); /* all code, outer functions before what they hold */
	} functions;
	unsigned *by_entry;    /* out-of-line functions by their entry: indices, n_by_entry */
	unsigned n_by_entry;
	bool stretches_read;
	struct {
		VEC(struct dwarf_stretch); /* by address: innermost.c */
	} stretches;
	bool calls_read;
	struct {
		VEC(struct dwarf_call); /* by `back` */
	} calls;
};

struct dwarf_range {
	uint64_t low, high;
	unsigned unit;
};

struct dwarf_file {
	struct dso *dso;
	Elf *elf;     /* the file with .debug_info; dso->elf when it is not a separate one */
	int fd;       /* of the separate file, or -1 */
	bool has_dwarf, dwarf_tried;
	Dwarf *dwarf; /* NULL: there is no DWARF */
	struct unpacked sections, alt_sections;
	Elf *alt_elf; /* what dwz took out of several files */
	Dwarf *alt;
	int alt_fd;
	Dwarf_CFI *eh_frame; /* of the file itself; read when first asked for */
	bool eh_frame_read;
	const char *path;    /* of the file with .debug_info */
	const char *looked;  /* where it was looked for, for messages */
	const struct dwarf_index *index; /* index.h */
	bool index_tried;
	void *index_map;     /* of the cached index, index_size bytes, or NULL */
	size_t index_size;
	struct scan *scan;   /* scan.h */
	bool units_read;
	bool special_known, special; /* some units are split, or refer to each other */
	struct {
		VEC(struct dwarf_unit);
	} units;
	struct {
		VEC(struct dwarf_range); /* by low */
	} ranges;
};

/*
 * Never NULL; look at ->dwarf. This reads and unpacks every debug section: tens of milliseconds
 * for a large file. dwarf_file_find() only finds the file (look at ->has_dwarf).
 */
struct dwarf_file *dwarf_file_of(struct dso *dso);
struct dwarf_file *dwarf_file_find(struct dso *dso);
void dwarf_file_close(struct dwarf_file *file); /* NULL is allowed */
/*
 * The path of a file with that build ID's debug information, from a debuginfod server; NULL: none has
 * it. *servers: those that were asked, or NULL. what: for the progress.
 */
const char *dwarf_fetch(struct debuginfo *debuginfo, const char *what, const unsigned char *id,
			unsigned size, const char **servers);
/* The ELF file whose .symtab is that of the dso: its own or the separate debug file. May be NULL. */
Elf *dwarf_file_symbols(struct dso *dso);

/* ---- units and functions (functions.c) ------------------------------------------------------ */

/* Reads file->units and ->ranges. */
void dwarf_read_units(struct dwarf_file *file);
/* The unit whose code holds `address`, or NULL. */
struct dwarf_unit *dwarf_unit_at(struct dwarf_file *file, uint64_t address);
/* Reads unit->functions. */
void dwarf_read_functions(struct dwarf_unit *unit);
/*
 * The out-of-line function whose code holds `address`; with `innermost`, the inlined instance
 * that holds it, if one does. NULL: none.
 */
struct dwarf_function *dwarf_function_at(struct dwarf_file *file, uint64_t address,
					 bool innermost);
/* The innermost function of the unit, inlined or not, whose code holds `address`, or NULL. */
struct dwarf_function *dwarf_innermost(struct dwarf_unit *unit, uint64_t address);
/* The unit with that offset in .debug_info, or NULL. */
struct dwarf_unit *dwarf_unit_of(struct dwarf_file *file, uint64_t offset);
/*
 * Units that may have code of a function with that last component of a name ("f"): all units
 * when that can not be told quickly. Flags by unit number, in the arena.
 */
bool *dwarf_units_naming(struct dwarf_file *file, const char *name);

/* Where the code of a function or an inlined instance begins. False: it has none. */
bool dwarf_entry(Dwarf_Die *die, uint64_t *entry);
/* "ns::C<int>::f": the qualified name as far as it is known; never NULL. */
const char *dwarf_function_name(struct arena *arena, Dwarf_Die *die);
/* Whether the function's name matches a pattern, as symbol_matches(). */
bool dwarf_function_matches(struct arena *arena, Dwarf_Die *die, const char *pattern);
/* Whether clang or another compiler over LLVM made the DIE's unit. */
bool dwarf_is_by_llvm(Dwarf_Die *die);
/* "src/f.c" as the compiler was told, or NULL; its line of declaration, 0: not known. */
const char *dwarf_function_file(Dwarf_Die *die);
int dwarf_function_line(Dwarf_Die *die);
/* A file name matches "f.c", "src/f.c", or a glob of them. */
bool dwarf_file_matches(const char *path, const char *pattern);
/* The address behind the prologue, by the line table; `entry` when that can not be told. */
uint64_t dwarf_prologue_end(struct dwarf_function *function);

/* ---- types (dwarf_type.c) ------------------------------------------------------------------- */

/* The type that the DIE's DW_AT_type names, void when it has none. */
struct ctype *dwarf_type_of(struct dwarf_file *file, Dwarf_Die *die);
/* The type that a type DIE describes. */
struct ctype *dwarf_type_new(struct dwarf_file *file, Dwarf_Die *die);
/* The DIE that a type was made from. */
Dwarf_Die *dwarf_type_die(const struct ctype *type);
/* A constant attribute; only the forms that say so are signed. False: not a constant. */
bool dwarf_constant(Dwarf_Attribute *attr, int64_t *value);
/*
 * A type by its name in C: "struct foo", "foo_t", "foo", "struct foo *". Files of one program may
 * have different types of one name: that of `unit` (or NULL) is meant. NULL: there is none.
 */
struct ctype *dwarf_find_type(struct dwarf_file *file, struct dwarf_unit *unit, const char *name);
/* For a message: the name of a type that is nearest to one that is not there, or NULL. */
const char *dwarf_nearest_type(struct dwarf_file *file, const char *name);
/* The value of an enumeration's constant, the unit's first. False: there is none of that name. */
bool dwarf_find_enumerator(struct dwarf_file *file, struct dwarf_unit *unit, const char *name,
			   int64_t *value);

/* ---- locations (dwarf_location.c) ------------------------------------------------------------ */

/* Where a probe is, for locations. */
struct dwarf_position {
	struct dwarf_file *file;
	uint64_t pc;
	bool has_view;       /* known: */
	unsigned view;       /* which of the places of the source that are at pc */
	bool has_function;
	Dwarf_Die function;  /* the out-of-line function: its frame base */
	uint64_t entry;      /* of that function */
	/* Of a caller: the position in what it has called. pc is in the call instruction. */
	struct dwarf_position *callee;
	struct range range;  /* of what asks, for errors when a handler runs */
	struct expr *base;   /* where the file is loaded, when that is not known from pc; or NULL */
	const char *problem; /* set when a location is not usable: why */
};

struct place;
/*
 * The place that an attribute (DW_AT_location, DW_AT_const_value) of a DIE (NULL: not known) tells
 * at the position. False with position->problem set: "optimised away here", ...
 */
bool dwarf_place(struct dwarf_position *position, Dwarf_Die *die, Dwarf_Attribute *attr,
		 struct ctype *type, struct place *place);
struct access;
/*
 * How a virtual base class (DW_TAG_inheritance) is found: steps that make its address of that of
 * the object. NULL: not told.
 */
const struct access *dwarf_locate_base(struct dwarf_file *file, Dwarf_Die *die);
/*
 * How far above the canonical frame address a variable is, that is counted from the frame register
 * of the function's body. False: it is not one that the caller has put there.
 */
bool dwarf_above_frame(struct dwarf_position *position, Dwarf_Die *variable, uint64_t *offset);
/* The canonical frame address, by call frame information. False: with position->problem. */
bool dwarf_frame_address(struct dwarf_position *position, struct access *access);
/*
 * The frame rules at an address in their simple form: the canonical frame address is the register
 * (DWARF number) plus an offset; the frame pointer is what it is, or saved at an offset from there.
 * False: there are no such rules.
 */
struct dwarf_frame_rules {
	int cfa_register;
	int64_t cfa_offset;
	bool fp_saved;
	int64_t fp_offset;
};
bool dwarf_frame_rules_at(struct dwarf_file *file, uint64_t address,
			  struct dwarf_frame_rules *rules);
/* Pushes position->base. */
void dwarf_push_base(struct dwarf_position *position, struct access *access);
/* An address in this file as it is at run time. */
void dwarf_push_address(struct dwarf_position *position, uint64_t address, struct access *access);

/* ---- calls (dwarf_calls.c) --------------------------------------------------------------------- */

/* The address behind a call that a DW_TAG_call_site tells; false for jumps (tail calls). */
bool dwarf_call_back(Dwarf_Die *call, uint64_t *back);
/* The function that is called; false: it is not told. */
bool dwarf_call_origin(Dwarf_Die *call, Dwarf_Die *function);
/* Where a function begins: told by itself, or by the symbol of its name. */
bool dwarf_function_entry(struct dso *dso, Dwarf_Die *function, uint64_t *entry);
/* The call of the unit that returns to `back`, or NULL. */
Dwarf_Die *dwarf_call_at(struct dwarf_unit *unit, uint64_t back);
/*
 * Whether the function may come to its own entry again, for the same caller: by jumps at the end
 * of it and of what it so calls. When in doubt, it may.
 */
bool dwarf_may_reenter(struct dwarf_file *file, struct dwarf_function *function);

/* ---- location lists (dwarf_views.c) ----------------------------------------------------------- */

/*
 * An attribute that is a location: DW_AT_location, DW_AT_frame_base. Go writes expressions as plain
 * blocks, which libdw does not take for such in DWARF 4.
 */
bool dwarf_location_attr(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attr);
/* The expression of a location that holds at the position: 1; 0: none does; -1: it is broken. */
int dwarf_location_at(struct dwarf_position *position, Dwarf_Die *die, Dwarf_Attribute *attr,
		      Dwarf_Op **ops, size_t *n);
/* Whether a variable's location list tells views. */
bool dwarf_has_views(Dwarf_Die *die);
/* The view (position->view) of an inlined instance's entry; false: not told. */
bool dwarf_entry_view(Dwarf_Die *inlined, unsigned *view);
/* The view of a row of a line table. */
unsigned dwarf_row_view(Dwarf_Lines *table, size_t row);

#endif
