/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the REPL share: the live session and the verbs between them. Nothing
 * outside runtime/repl/ includes this.
 *
 *   input.c     lines from the terminal or a file, made to whole inputs
 *   evaluate.c  what an input is: a command, declarations, a statement
 *   items.c     the declarations of the session, as text
 *   unit.c      one compilation into the session
 *   probes.c    arming, dropping, arming again
 *   statement.c statements and expressions, run at once
 *   globals.c   what is known of globals
 *   values.c    how values look
 *   loop.c      events while nobody types
 *   screen.c    what handlers print, paced, above the prompt
 *   ahead.c     what the compiler does while nobody types
 *   answer.c    what the session says, to a person or as JSON
 *   edit.c      what $EDITOR made of it
 *   commands.c  the words that are not the language's
 */
#ifndef SPILE_REPL_LIVE_H
#define SPILE_REPL_LIVE_H

#include <json-c/json.h>
#include <pthread.h>
#include <time.h>

#include "runtime/attach/attach.h"
#include "runtime/present/format.h"
#include "runtime/repl/repl.h"
#include "runtime/session/compile.h"
#include "runtime/session/records.h"
#include "runtime/session/ring.h"

/* ---- declarations ------------------------------------------------------------------------------ */

enum item_kind { ITEM_GLOBAL, ITEM_FUNCTION, ITEM_ALIAS, ITEM_MACRO, ITEM_EMBEDDED };

struct item {
	enum item_kind kind;
	char *name;   /* of an alias: its first point as text */
	unsigned arity;
	char *text;   /* as it is compiled: at its place in the input, the rest of that blank */
	char *origin; /* the input, for messages: "<3>" */
};

/* What one input declares, not part of the session yet. */
struct item_list {
	struct item **v;
	unsigned n, capacity;
};

/* ---- files.c: ELF and DWARF, opened once for many units ------------------------------------------- */

enum { MOST_WARM = 16 };

struct debug_files {
	struct arena *arena;
	struct debuginfo *debuginfo;
	struct timespec made;
	unsigned users; /* units, and the session itself while these are the present ones */
	unsigned uses;
	pthread_t warmer;
	bool warming, warmed;        /* warmed: the thread is through */
	bool thorough;               /* it makes the index of names, too */
	char *warm[MOST_WARM];       /* what process("...") names, or would */
	unsigned n_warm, next_warm;
	double settled;              /* when somebody last waited for the thread */
};

/* ---- units ----------------------------------------------------------------------------------------- */

struct live_unit {
	struct live *live;
	struct live_unit *next; /* in live->units */
	struct arena *arena;
	struct diags diags;
	struct compile compile;
	struct loaded loaded;
	struct attachments attachments;
	struct {
		VEC(struct script_file *);
	} files;
	struct debug_files *debug;
	const struct source *source; /* of the probe or statement itself */
	unsigned first_handler;
};

struct live_probe {
	unsigned number;
	unsigned gate;  /* of its units */
	char *text, *origin;
	char *title; /* the probe points */
	bool enabled;
	bool attached;
	bool replaced; /* by another one with its number: it is about to leave */
	double ms;   /* from the text to armed */
	uint64_t past_hits, past_ns; /* of units before this one */
	uint64_t forgiven_errors, forgiven_skips; /* those before it was enabled again */
	struct live_unit *unit;
};

/*
 * spile_globals in a session:
 *
 *    0               SHARED_SIZE      GLOBALS_AT     COUNTERS_AT                   GLOBALS_BYTES
 *    | struct shared | gates, u32 ... | globals ...  | struct probe_counters ... |
 *
 * A probe's handlers run while the number of its present unit stands in its gate. So one store
 * turns them on, off, or to the next unit. Gate and counters have the same index; the last
 * counters are those of statements.
 */
enum {
	GATES = 1024,
	GLOBALS_BYTES = 128 << 10,
	GLOBALS_AT = SHARED_SIZE + 4 * GATES,
	COUNTERS_AT = GLOBALS_BYTES - (GATES + 1) * sizeof(struct probe_counters),
};

/* ---- globals ---------------------------------------------------------------------------------------- */

/* A global whose type is known, and where its data is. name and map are malloc'ed. */
struct live_global {
	struct unit_global description;
	bool locked;
	bool ignored; /* for one compilation: nothing is known of it */
	bool retyped; /* declared anew: its type is what the next one to use it says */
};

/* ---- the session ------------------------------------------------------------------------------------ */

struct reported {
	char *text;
	uint64_t times;
};

struct live {
	const struct options *options;
	struct limits limits;      /* of the options; `set` changes them */
	struct features *features;
	struct command_target *target;
	struct arena *names; /* of all targets that there were */
	struct output *out;
	struct shared_maps maps;
	struct debug_files *debug;
	struct ahead *ahead;         /* or NULL */
	struct globals_layout layout;
	struct live_unit *units;     /* all that there are */
	struct snapshot *snapshots;  /* the inner one first */
	struct item_list items;
	struct {
		struct live_probe **v;
		unsigned n, capacity;
	} probes;
	struct {
		struct live_global *v;
		unsigned n, capacity;
	} globals;
	unsigned next_number, next_handler, inputs;

	struct ring ring;
	struct records records;
	int epoll, signals, timing;
	struct edit *edit;         /* what an editor gave back, while it is taken in */
	struct live_unit *running; /* whose handler of the tracer runs */
	bool quit, interrupted;    /* interrupted: Ctrl-C since it was cleared */
	bool target_died;
	unsigned failures;         /* inputs with errors */

	/* screen.c */
	bool terminal, dumb, json, color, prompting, paused, flooded;
	double tokens;             /* lines that may be shown now */
	double refilled;           /* when tokens were counted */
	uint64_t held;             /* records not shown since it was last said */
	uint64_t lost_told;
	struct {
		struct reported *v;
		unsigned n, capacity;
	} reported;

	/* settings */
	unsigned rows;             /* of a table; 0: all */

	struct json_object *answer; /* --json: what is being answered */
	struct statement *statement; /* that runs now */
	const char *history_path;
	const char *begun;         /* the lines of an input that is not whole */
	struct words *words;
};

/* ---- answer.c ----------------------------------------------------------------------------------------- */
/* With --json, everything between begin and end is one object. */
void answer_begin(struct live *live, struct json_object *id);
void answer_end(struct live *live, bool ok);
void answer_kind(struct live *live, const char *kind);
/* Adds a member; without --json the value is only released. */
void answer_add(struct live *live, const char *name, struct json_object *value);
void answer_reset(struct live *live, const char *name);
/* Text for a person; with --json it is gathered in "text". */
void say(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_error(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What the compiler says. only: messages about other sources are left out, warnings at least;
 * NULL: all. */
void say_diags(struct live *live, const struct diags *diags, const struct source *only);

/* ---- items.c ------------------------------------------------------------------------------------------- */
/* The declarations of a parsed input. The list is the caller's. */
void items_of_file(struct item_list *list, const struct script_file *file,
		   const struct source *source);
void items_of_macros(struct item_list *list, const struct source *source);
void item_free(struct item *item);
void item_list_add(struct item_list *list, struct item *item);
void item_list_release(struct item_list *list); /* frees the list, not the items */
bool list_has(const struct item_list *list, const struct item *item);
bool item_same(const struct item *a, const struct item *b);
/* A declaration that nothing depends on leaves. */
bool items_drop(struct live *live, const char *name);
const struct item *items_find(const struct live *live, enum item_kind kind, const char *name);
/* Whether the text mentions the word, not only as part of a longer one. */
bool text_mentions(const char *text, const char *word);
/* Whether it depends on one of the items, directly or through others of the session. */
bool text_depends(const struct live *live, const char *text, const struct item_list *on);
/* The text of a declaration without the blanks around it, malloc'ed. */
char *text_trimmed(const char *text);
/* text[start, end) where it stands, all else but newlines blank. Malloc'ed. */
char *text_slice(const struct source *source, unsigned start, unsigned end);
/* Where the declaration begins, with the comment in front of it. */
unsigned text_start(const struct source *source, unsigned start);

/* ---- files.c ------------------------------------------------------------------------------------------- */
/* The files as they are on disk now; to be put back. */
struct debug_files *files_get(struct live *live);
void files_put(struct debug_files *files); /* NULL is allowed */
/*
 * To unpack DWARF takes tens of milliseconds: that of the C library, of the target and of what
 * is being typed (name of a program) is read while the user still thinks. Whoever opens a file
 * waits for the end of that.
 */
void files_warm(struct live *live, const char *name);
void files_settle(struct debug_files *files);
/*
 * Nothing is to be done: goes on with what the last input could not wait for. Milliseconds until
 * it is to be called again, -1: never.
 */
int files_idle(struct live *live);

/* ---- ahead.c ------------------------------------------------------------------------------------------- */
/* For a person or a program that asks: nobody waits for an input that is there. */
void ahead_start(struct live *live);
/* NULL: there is nothing. What is not used is given back; NULL: another one will be needed. */
struct codegen_ready *ahead_take(struct live *live);
void ahead_give(struct live *live, struct codegen_ready *ready);
void ahead_end(struct live *live);

/* ---- unit.c -------------------------------------------------------------------------------------------- */
/* Starts a compilation: everything that the session declares is parsed. */
struct live_unit *unit_begin(struct live *live);
struct globals_layout layout_copy(const struct globals_layout *from);
bool unit_parse(struct live_unit *unit, const char *text, const char *origin);
/* Resolves, generates, loads. False after diagnostics in unit->diags. */
bool unit_build(struct live *live, struct live_unit *unit, int gate /* or -1 */);
void unit_end(struct live_unit *unit); /* detaches, unloads, frees; NULL is allowed */
/* The unit that a record's probe number belongs to, NULL: it is gone. */
struct live_unit *unit_of_handler(struct live *live, unsigned handler,
				  struct live_probe **probe);
/* Resolves alone. */
bool unit_resolve(struct live *live, struct live_unit *unit);
/* Checks functions of the session, nothing else. */
bool unit_check(struct live *live, struct live_unit *unit);

/* ---- probes.c ------------------------------------------------------------------------------------------- */
bool probes_add(struct live *live, const char *text, const char *origin);
void probe_gate(struct live *live, const struct live_probe *probe, bool open);
void probe_drop(struct live *live, struct live_probe *probe);
/* Closes the gates and detaches them, all at a time. */
void probes_detach(struct live *live, struct live_probe *const *probes, unsigned n);
bool probe_enable(struct live *live, struct live_probe *probe);
void probe_disable(struct live *live, struct live_probe *probe);
unsigned probe_sites(const struct live_probe *probe);
struct live_probe *probes_find(struct live *live, unsigned number);
/* ---- redefine.c ---- */
/* Declarations join or replace; dependents are armed again. The items are the session's after
 * success. */
bool probes_declare(struct live *live, struct item_list *items);
/* Arms again what `needs` says; false after an error (then all is as it was). */
bool probes_arm_again(struct live *live,
		      bool (*needs)(struct live *live, const struct live_probe *probe, void *data),
		      void *data, unsigned *n);
/* After a unit: those that use a global at another place than it has now. */
bool probes_follow_globals(struct live *live, unsigned *n);
void probes_run_kind(struct live *live, struct live_probe *probe, enum attach_kind kind);
/* Attaches and detaches by the probes' conditions; whether there are any. */
bool probes_follow_conditions(struct live *live);
void probe_timer(struct live *live, unsigned number, unsigned timer);
/* A hit of the probe that was not its own to count, an error, what was lost or skipped. */
struct probe_counters *counters_of(struct live *live, unsigned gate);
/* Turns off what failed or was skipped more often than MAXERRORS and MAXSKIPPED allow. */
void probes_check_limits(struct live *live);
/* Adds. */
void unit_counts(const struct live_unit *unit, uint64_t *hits, uint64_t *ns);
void probe_counts(struct live *live, const struct live_probe *probe, uint64_t *hits, uint64_t *ns);
void probes_end(struct live *live);

/* ---- statement.c ------------------------------------------------------------------------------------------ */
bool statement_run(struct live *live, const char *text, const char *origin);
/* A record of the statement that runs: true when it was its value. */
bool statement_record(struct live *live, const struct record *head, struct packed_args args);

/* ---- globals.c ---------------------------------------------------------------------------------------------- */
struct live_global *globals_find(struct live *live, const char *name);
/* What a failed change gives back. */
struct snapshot {
	struct snapshot *outer;
	struct globals_layout layout;
	struct live_global *globals;
	unsigned n;
};
void snapshot_take(struct live *live, struct snapshot *snapshot);
void snapshot_end(struct live *live, struct snapshot *snapshot, bool keep_changes);
/* For the compiler. */
void globals_known(const struct live *live, struct arena *arena, struct live_globals *known);
/* Takes over what the unit has learnt, tells what was reset. */
void globals_learn(struct live *live, const struct live_unit *unit);
void globals_forget(struct live *live, const char *name);
void globals_reconsider(struct live *live, const char *name);
void globals_drop(struct live *live, const char *name);
bool globals_clear(struct live *live, const char *name);
/* Gives up arrays that the layout does not have (any more). */
void globals_prune_maps(struct live *live);
void globals_release(struct live *live);
/* Whether the unit would throw away data; the name of the first such global. */
const char *globals_reset_by(struct live *live, const struct live_unit *unit);

/* ---- values.c ------------------------------------------------------------------------------------------------ */
void value_show_long(struct live *live, int64_t value);
void value_show_string(struct live *live, const char *text, size_t length);
void value_show_stats(struct live *live, const struct unit_hist *hist,
		      const struct stat_cell *cell, bool summary);
void value_show_global(struct live *live, const struct live_global *global);
struct json_object *value_json_global(struct live *live, const struct live_global *global);
/* "string keys -> stats": what `globals` shows. Malloc'ed. */
char *value_type_text(const struct unit_global *global);
void value_put_quoted(struct output *out, const char *text, size_t length);
unsigned value_elements(struct live *live, const struct live_global *global);

/* ---- loop.c ---------------------------------------------------------------------------------------------------- */
bool loop_open(struct live *live);
void loop_close(struct live *live);
bool loop_add_timers(struct live *live, const struct live_probe *probe);
bool loop_add_target(struct live *live);
/* One turn: waits for events at most `ms` (-1: forever) or until fd (or -1) is readable, which is
 * what it returns. */
bool loop_turn(struct live *live, int fd, int ms);
void loop_drain(struct live *live);
/* For host_set_interrupted: Ctrl-C was pressed. */
int loop_interrupted(void *live);
/* Runs a handler of the tracer, with its output in order. */
void loop_run_handler(struct live *live, struct live_unit *unit, unsigned handler);

/* ---- screen.c ----------------------------------------------------------------------------------------------------- */
void screen_open(struct live *live);
void screen_close(struct live *live);
void screen_feed(void *live, const void *data, size_t size); /* a ring_sample */
void screen_flush(struct live *live);
int screen_wait_ms(struct live *live); /* until something held back must be said; -1 */

/* ---- input.c -------------------------------------------------------------------------------------------------------- */
void input_run(struct live *live);
void input_hide_prompt(struct live *live);
void input_show_prompt(struct live *live);
void input_resized(struct live *live);

/* ---- tab.c ------------------------------------------------------------------------------------------------------ */
/* Sets readline up. */
void completion_start(struct live *live);
/* --json: what could stand at the cursor, and where the word begins that it would replace. */
void completion_answer(struct live *live, const char *text, size_t cursor);

/* ---- target.c ------------------------------------------------------------------------------------------------------- */
/* Commands. */
bool live_target(struct live *live, char *args);
bool live_attach(struct live *live, char *args);
bool live_run(struct live *live, char *args);
/* Serves events for so many seconds; 0: until the target is gone. Ctrl-C ends it. */
bool live_wait_target(struct live *live, double seconds);
/* It died. */
void target_tell_end(struct live *live);
void target_set_apart(struct live *live);

/* ---- edit.c ---------------------------------------------------------------------------------------------------------- */
bool edit(struct live *live, char *args);
/* A probe of the edited text: whether it is there already, as it was. */
bool edit_keeps(struct live *live, const char *text);
/* The number for a probe that is added: that of the one whose place it takes, or a new one. */
unsigned edit_number(struct live *live, const char *title);

/* ---- save.c ---------------------------------------------------------------------------------------------------------- */
/* Commands, too. */
bool save_file(struct live *live, char *path);
bool load_file(struct live *live, char *path);
void save_write(struct live *live, FILE *out);
void save_write_text(FILE *out, const char *text);
/* A command in the foreground; its status as waitpid gives it, or -1. */
int run_shell(struct live *live, const char *command);

/* ---- evaluate.c ------------------------------------------------------------------------------------------------------ */
/* Whether more text is needed. */
bool evaluate_incomplete(struct live *live, const char *text);
/* Several inputs, or one; stops at the first error. */
bool evaluate_all(struct live *live, const char *text, const char *origin);
/* Does what the input says, answers; false after an error. */
bool evaluate(struct live *live, const char *text, const char *origin);

/* ---- commands.c ------------------------------------------------------------------------------------------------------ */
/* Whether the text is a command, and then *ok whether it worked. */
bool command_run(struct live *live, const char *text, bool *ok);
bool command_is(struct live *live, const char *text);

double seconds_now(void);

#endif
