/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the code generator share: the state of one home's module (struct gen), of
 * one function being generated (struct fn), and the verbs between the files. Nothing outside
 * compiler/codegen/ includes this.
 *
 * One function is generated as straight LLVM code, or *resumable*: cut into states at loop
 * heads and after calls of other resumable functions (resume.c). No LLVM value made after the
 * function's entry block may live across a cut: what must, is kept in the frame (value_keep).
 */
#ifndef SPILE_CODEGEN_GEN_H
#define SPILE_CODEGEN_GEN_H

#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/TargetMachine.h>

#include "compiler/codegen/unit.h"
#include "runtime/handler/handler.h"

/* Where a global's value is. */
struct place {
	uint64_t offset;         /* in spile_globals, as in struct unit_global */
	uint64_t lock_offset;    /* of its lock word, 0: none */
	unsigned cells, stride;  /* as in struct unit_global */
	LLVMValueRef map;        /* arrays */
	unsigned key_offset[MAX_KEYS], key_size[MAX_KEYS];
	unsigned key_bytes, value_bytes; /* value_bytes: with the sequence number */
	struct stat_shape shape; /* statistics */
	LLVMValueRef shape_constant;
};

/* A script function in this module. */
struct fn_info {
	LLVMValueRef function;   /* plain: the function; resumable: its segment function */
	LLVMTypeRef type;
	bool resumable;
	bool sleepable;          /* only sleepable handlers reach it */
	bool dynamic;            /* recursive: its frame is at run->frame->base */
	bool in_condition;       /* of a probe, which can't be cut: stays plain */
	bool generated;
	unsigned iterations;     /* over arrays, that are under way at a time, at most */
	unsigned frames;         /* plain: of functions, its own and what it calls, at most */
	unsigned base;           /* static frames: offset in frame->data */
	unsigned end;            /* static frames: base + size */
	unsigned *parameter_offset; /* from the frame's start */
	unsigned result_offset;
	unsigned header;         /* bytes of parameters and result */
	unsigned size;           /* of the whole frame, known when generated */
	bool uses_frame;
};

/* A part of a long resumable function, in a function of its own. */
struct piece {
	unsigned id; /* as function_id */
	LLVMValueRef function;
	const struct probe *probe;     /* whose it is: a handler's */
	const struct function *script; /* or a script function's */
};

struct gen {
	struct arena *arena;
	struct diags *diags;
	const struct program *program;
	const struct codegen_options *options;
	struct unit *unit;
	enum home home;
	/*
	 * What the kernel's stack can't hold stands in the frame: all functions are resumable, and
	 * nothing is kept in registers while something else is computed. Slower: the second try.
	 */
	bool frugal;
	bool stack_exceeded; /* by what module_finish() made; it has said nothing */
	/*
	 * Where frames of recursive functions may start in frame->data: below this, a power of two.
	 * What is left behind it bounds their size; less for large ones, which then nest less deep.
	 */
	unsigned dynamic_space;
	bool frame_exceeded; /* a recursive function needs more than is left */

	LLVMContextRef llvm;
	LLVMModuleRef module;
	LLVMModuleRef library; /* the kernel's handler library, from when it is read until it is linked */
	LLVMBuilderRef builder;
	LLVMDIBuilderRef di;
	LLVMTargetMachineRef machine;
	LLVMMetadataRef di_unit, di_file, di_int, di_pointer, di_handler_type;
	LLVMTypeRef i1, i8, i32, i64, ptr, void_type, run_type;

	LLVMValueRef globals;     /* spile_globals */
	struct place *places;     /* by program->globals index */
	struct fn_info *functions; /* by program->functions index */
	bool resumable_calls;     /* some resumable function exists */
	LLVMValueRef message_function; /* catch.c */
	struct {
		VEC(struct { const char *text; LLVMValueRef value; });
	} literals;
	struct {
		VEC(LLVMValueRef);
	} dfas;
	struct {
		VEC(struct piece);
	} pieces;
};

/* Where a local is. */
struct local {
	LLVMValueRef alloca; /* or NULL: in the frame */
	unsigned offset;     /* from the start of the function's frame */
};

/* An active foreach: what leaving it must give back. */
struct iteration {
	struct iteration *outer;
	unsigned handle_offset; /* frame */
};

/* A generated value: an i64, or a pointer to a NUL-terminated string. */
struct value {
	LLVMValueRef v;   /* NULL when kept in the frame */
	unsigned offset;  /* of the kept value, or of the kept string itself */
	bool is_string;
	bool variable;  /* a string that stands where a variable is: assignments change it */
	bool in_frame;    /* a string that stands at `offset` in this function's frame */
	unsigned bound;
};

struct fn {
	struct gen *gen;
	const struct probe *probe;       /* handlers */
	const struct function *script;   /* script functions */
	struct fn_info *info;            /* script functions */
	LLVMValueRef function, run;
	LLVMValueRef frame, data;        /* frame->..., start of this function's frame in data[] */
	LLVMBasicBlockRef entry;         /* allocas go here */
	LLVMBasicBlockRef exit;          /* leaves the function (handlers: releases) */
	LLVMBasicBlockRef error;         /* where a failing statement goes */
	LLVMBasicBlockRef break_target, continue_target;
	struct iteration *loop_iteration; /* the iterations inside which break/continue stand */
	struct iteration *iteration;
	LLVMMetadataRef di_scope;
	struct range range;              /* of the whole function */
	struct range here;               /* of the statement at hand */
	bool resumable;
	LLVMValueRef state_switch;       /* resumable: the dispatch at the entry */
	unsigned function_id;            /* high half of the states */
	unsigned states;
	unsigned base;                   /* static frames */
	unsigned top, most;              /* bytes of the frame in use now / at most */
	struct local *locals, *parameters;
	LLVMValueRef key_buffer, word;   /* shared allocas, made on demand */
	LLVMValueRef result;             /* plain functions: alloca of a long result */
	LLVMValueRef size_function;      /* stands for the size of this dynamic frame until known */
	bool uses_frame;
};

/* ---- module.c ---- */
bool module_create(struct gen *gen);
void module_dispose(struct gen *gen);
/* Debug information of a generated function; also sets it as the current scope. */
LLVMMetadataRef module_describe_function(struct gen *gen, LLVMValueRef function, const char *name,
					 struct range range, bool local);
void module_set_position(struct fn *fn, struct range range);
LLVMValueRef module_literal(struct gen *gen, const char *text, unsigned length);
/* A read-only global of the module that holds the constant. */
LLVMValueRef module_constant(struct gen *gen, LLVMValueRef constant, const char *name);
/* numbers[index] of n constants (longs), in a table of the module; of an index beyond them, the last. */
LLVMValueRef module_table(struct gen *gen, LLVMValueRef *numbers, unsigned n, LLVMValueRef index);
const char *position_text(struct arena *arena, struct range range);

/* ---- object.c ---- */
bool module_set_machine(struct gen *gen);
/* From the store, or compiled. */
bool module_finish(struct gen *gen, const void **object, size_t *size);

/* ---- library.c: calls of the handler library ---- */
LLVMValueRef library_call(struct gen *gen, const char *name, LLVMValueRef *args, unsigned n_args);
#define LIBRARY(gen, name, ...)                                                                    \
	library_call((gen), (name), (LLVMValueRef[]){__VA_ARGS__},                                 \
		     sizeof((LLVMValueRef[]){__VA_ARGS__}) / sizeof(LLVMValueRef))
/* sleepable: the twin for sleepable programs is called where there is one. */
LLVMValueRef library_intrinsic(struct gen *gen, const struct function *function, bool sleepable,
			       LLVMValueRef *args, unsigned n_args);
bool fn_sleepable(const struct fn *fn);

/* ---- live.c: what a unit of a live session learns when it is loaded ---- */
/* i32: the handler's number in records. */
LLVMValueRef live_number(struct gen *gen, unsigned handler);
/* Pointers; NULL, a null pointer: there is none. */
LLVMValueRef live_gate(struct gen *gen);
LLVMValueRef live_counters(struct gen *gen);
/* Adds 1 to what stands at the offset in the counters, if there are any. */
void live_count(struct gen *gen, unsigned offset);
/* Tells the object. */
void live_fill_in(struct gen *gen, void *object, size_t size);

/* ---- embedded.c: %{ %} ---- */
bool embedded_link(struct gen *gen);
const char *embedded_name(struct gen *gen, const struct function *function);
/* embedded_text.c: the body as it is compiled; errors are reported. */
void embedded_rewrite(struct gen *gen, const struct function *function, FILE *out);
/* Does it format text? Then its last argument is room for a string of MAXSTRINGLEN. */
bool embedded_has_text(const struct function *function);

/* ---- places.c: globals ---- */
void places_create(struct gen *gen);
LLVMValueRef place_pointer(struct gen *gen, uint64_t offset);
/* A scalar's cell for an atomic addition here: of what is spread, this processor's. */
LLVMValueRef place_pointer_to_add(struct fn *fn, const struct place *place);
unsigned stat_cell_size(const struct symbol *symbol);
LLVMValueRef shape_constant(struct gen *gen, const struct stat_shape *shape);
void places_describe(struct unit *unit, const struct program *program,
		     const struct codegen_options *options);

/* ---- function.c: script functions ---- */
void functions_declare(struct gen *gen);
void functions_generate(struct gen *gen);
LLVMValueRef function_add(struct gen *gen, const char *name, LLVMTypeRef type);
/* Where the frame of a body may start: beyond those of everything that it calls. */
unsigned frame_base(struct gen *gen, const struct stmt *body);
/* Sets fn->frame and fn->data of a function with a static frame. */
void frame_start(struct fn *fn);
void locals_place(struct fn *fn, struct symbol *const *symbols, unsigned n);
void frame_too_large(struct fn *fn, struct range range, const char *what);

/* ---- handler.c ---- */
void handlers_generate(struct gen *gen);

/* ---- resume.c ---- */
bool expr_cuts(const struct gen *gen, const struct expr *expr); /* calls a resumable function */

/* ---- frame.c: constants, temporaries, locals ---- */
LLVMValueRef long_constant(struct gen *gen, int64_t number);
LLVMValueRef int_constant(struct gen *gen, uint32_t number);
unsigned frame_reserve(struct fn *fn, unsigned size);
LLVMValueRef frame_pointer(struct fn *fn, unsigned offset);
/* run->frame; kept in a register, except where that is scarce. */
LLVMValueRef frame_address(struct fn *fn);
LLVMValueRef frame_data(struct fn *fn); /* static frames: where this function's starts */
/* Of what stands in the frame. */
LLVMValueRef frame_load(struct fn *fn, LLVMTypeRef type, LLVMValueRef pointer);
LLVMValueRef entry_alloca(struct fn *fn, LLVMTypeRef type, const char *name);
struct value value_long(LLVMValueRef v);
struct value value_string(LLVMValueRef v, unsigned bound);
struct value value_frame_string(struct fn *fn, unsigned offset, unsigned bound);
/* Makes a value survive what follows, when that may cut (`cut`). */
struct value value_keep(struct fn *fn, struct value value, bool cut);
LLVMValueRef value_get(struct fn *fn, struct value value);
/* A place in the static frame of another function, by its offset in frame->data. */
LLVMValueRef static_frame_pointer(struct fn *fn, unsigned offset);
/* A copy of a string that nothing else changes. */
struct value string_temporary(struct fn *fn, LLVMValueRef text, unsigned bound);
/* The value as it is now, when what is computed later may change the variable where it stands. */
struct value value_pin(struct fn *fn, struct value value, bool changes);
LLVMValueRef local_pointer(struct fn *fn, const struct symbol *symbol);
LLVMValueRef local_load(struct fn *fn, const struct symbol *symbol);
LLVMValueRef truth(struct fn *fn, LLVMValueRef v);  /* i64 -> i1 */
LLVMValueRef widen(struct fn *fn, LLVMValueRef v);  /* i1 -> i64 */
LLVMBasicBlockRef block_new(struct fn *fn, const char *name);
void block_enter(struct fn *fn, LLVMBasicBlockRef block);
bool block_open(struct fn *fn); /* the current block has no terminator yet */
void branch_to(struct fn *fn, LLVMBasicBlockRef block); /* unless already terminated */

/* ---- error.c ---- */
unsigned error_site(struct gen *gen, struct range range, const char *message, const char *near);
/* Raises when `failed` (i1): stores the site and goes to the error target; goes on otherwise. */
void raise_if(struct fn *fn, LLVMValueRef failed, struct range range, const char *message,
	      const char *near);
void raise_always(struct fn *fn, struct range range, const char *message, const char *near);
/*
 * Goes to the error target when the call at `range` has set run->error. An error whose text the
 * library made gets that position, unless it is inside of a tapset: its caller's is meant then.
 */
void check_error(struct fn *fn, struct range range);
LLVMValueRef run_field(struct fn *fn, unsigned field);
void catch_message(struct fn *fn, LLVMValueRef dst, unsigned size);
void messages_generate(struct gen *gen); /* after everything else */
enum { RUN_CTX, RUN_FRAME, RUN_PROBE, RUN_ERROR, RUN_ERROR_ARG };

/* ---- resume.c ---- */
LLVMBasicBlockRef state_new(struct fn *fn, unsigned *state);
unsigned state_first(unsigned function_id);
void state_goto(struct fn *fn, unsigned state); /* ends the segment, to go on with `state` */
enum { STATE_DONE = 0xffffffffu };
void state_finish(struct fn *fn); /* ends the segment and the handler */
struct value resumable_call(struct fn *fn, const struct function *callee, struct value *args,
			    struct range range);
void resumable_return(struct fn *fn);
unsigned dynamic_most(const struct gen *gen); /* bytes of one frame */
LLVMValueRef resumable_data(struct fn *fn); /* start of this function's frame */
LLVMTypeRef segment_type(struct gen *gen);
/* Sets reached[index] of every function that the body's calls can reach. */
void functions_reached(const struct gen *gen, const struct stmt *body, bool *reached);
void segment_start(struct fn *fn);
LLVMValueRef driver_generate(struct gen *gen, LLVMValueRef handler_segment,
			     const struct probe *probe);
void resume_analyse(struct gen *gen); /* which functions are resumable */
bool body_resumes(const struct gen *gen, const struct stmt *body); /* a handler's */
bool stmt_loops(const struct gen *gen, const struct stmt *stmt);

/* ---- expr.c and its kin ---- */
struct value expr_generate(struct fn *fn, const struct expr *expr);
LLVMValueRef long_generate(struct fn *fn, const struct expr *expr);
LLVMValueRef condition_generate(struct fn *fn, const struct expr *expr); /* i1 */
/* guard.c: leaves where the body would do nothing but `next`, as can be told without locks. */
void guards_generate(struct fn *fn, LLVMBasicBlockRef leave);
bool expr_changes(const struct expr *expr); /* may assign to a variable that is a string */
/* a op b; division by 0 raises an error at `range`. */
LLVMValueRef arithmetic(struct fn *fn, enum binary_op op, LLVMValueRef a, LLVMValueRef b,
			struct range range);
struct value concatenate(struct fn *fn, struct value left, struct value right, unsigned bound);
struct value call_generate(struct fn *fn, const struct expr *expr);      /* call.c */
struct value assign_generate(struct fn *fn, const struct expr *expr);    /* assign.c */
struct value crement_generate(struct fn *fn, const struct expr *expr);
struct value array_read(struct fn *fn, const struct expr *expr);         /* array.c */
struct value array_contains(struct fn *fn, const struct expr *expr);
struct key_values {
	struct value v[MAX_KEYS];
};
/* after: what is computed between the keys and their use, or NULL. */
void keys_generate(struct fn *fn, const struct expr_vec *keys, struct key_values *values,
		   const struct expr *after);
LLVMValueRef key_build(struct fn *fn, const struct symbol *array, struct key_values *values);
const struct symbol *expr_symbol(const struct expr *expr); /* of a NAME or INDEX */
/* A global number. */
LLVMValueRef global_load(struct fn *fn, const struct symbol *symbol);
void global_store(struct fn *fn, const struct symbol *symbol, LLVMValueRef value);
/*
 * Calls map_set_long, map_set_string, map_add or map_stat_add: args are run, map, key, ... An
 * array that wraps makes room; one that does not raises an error when it is full.
 */
void element_write(struct fn *fn, const char *operation, const struct expr *element,
		   LLVMValueRef *args, unsigned n_args);
void delete_generate(struct fn *fn, const struct stmt *stmt);
struct value stat_generate(struct fn *fn, const struct expr *expr);      /* stats.c */
struct value hist_at_generate(struct fn *fn, const struct expr *expr);
void stat_add_generate(struct fn *fn, const struct expr *left, struct value value);
/* The cell of a statistics global or element: in place, or copied to the frame. */
LLVMValueRef stat_cell(struct fn *fn, const struct expr *operand);
/* Raises "empty aggregate" for an extractor `expr` of a cell without values. */
void check_not_empty(struct fn *fn, LLVMValueRef cell, const struct expr *expr);
struct value print_generate(struct fn *fn, const struct expr *expr);     /* print.c */
struct value target_generate(struct fn *fn, const struct expr *expr);    /* target.c */
void target_assign(struct fn *fn, const struct expr *left, LLVMValueRef value);
struct value regex_generate(struct fn *fn, const struct expr *expr);

LLVMValueRef bucket_load(struct fn *fn, LLVMValueRef cell, LLVMValueRef bucket, unsigned buckets,
			 struct range range);
/* nesting.c: loops over arrays that a handler of this home may be in at a time */
unsigned iterations_deepest(struct gen *gen);
void dfas_create(struct gen *gen);   /* regex.c */
void sites_generate(struct gen *gen); /* sites.c: after the handlers */

/* ---- pieces.c ---- */
bool stmt_is_long(const struct stmt *stmt);
unsigned piece_id(const struct gen *gen); /* of the next piece */
void block_generate(struct fn *fn, const struct stmt *block);

/* ---- stmt.c, foreach.c ---- */
void stmt_generate(struct fn *fn, const struct stmt *stmt);
void foreach_generate(struct fn *fn, const struct stmt *stmt);
void iterations_end(struct fn *fn, const struct iteration *until); /* gives back those inside */
void slice_delete(struct fn *fn, const struct expr *expr); /* delete a[*, 1] */
struct value slice_contains(struct fn *fn, const struct expr *expr); /* [*, 1] in a */

#endif
