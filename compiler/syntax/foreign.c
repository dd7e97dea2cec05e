/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of other languages, and what to write instead of them. */
#include <string.h>

#include "compiler/syntax/diag.h"

static const char declared[] = "types are inferred, and variables are not declared: leave '%s' out";

static const struct {
	const char *word, *help;
} words[] = {
	{"int", declared}, {"long", declared}, {"char", declared}, {"short", declared},
	{"unsigned", declared}, {"signed", declared}, {"float", declared}, {"double", declared},
	{"void", declared}, {"bool", declared}, {"size_t", declared}, {"ssize_t", declared},
	{"int64_t", declared}, {"uint64_t", declared}, {"int32_t", declared},
	{"uint32_t", declared}, {"u64", declared}, {"u32", declared}, {"struct", declared},
	{"const", declared}, {"static", declared}, {"auto", declared}, {"local", declared},
	{"var", declared}, {"let", declared}, {"my", declared}, {"string", declared},
	{"do", "there is no '%s': write while (...) or for (...)"},
	{"until", "there is no '%s': write while (!(...))"},
	{"switch", "there is no '%s': write if (...) ... else if (...)"},
	{"case", "there is no '%s': write if (...) ... else if (...)"},
	{"elseif", "'%s' is two words: else if (...)"},
	{"elif", "write 'else if (...)' instead of '%s'"},
	{"elsif", "write 'else if (...)' instead of '%s'"},
	{"unless", "there is no '%s': write if (!(...))"},
	{"goto", "there is no '%s'"},
	{"true", "there is no '%s': what is not 0 is true, as 1 is"},
	{"True", "there is no '%s': what is not 0 is true, as 1 is"},
	{"false", "there is no '%s': write 0"},
	{"False", "there is no '%s': write 0"},
	{"NULL", "there is no '%s': write 0"},
	{"null", "there is no '%s': write 0"},
	{"nil", "there is no '%s': write 0"},
	{"None", "there is no '%s': write 0"},
};

bool foreign_help(struct diags *diags, const char *word)
{
	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i].word, word))
			continue;
		diag_help(diags, words[i].help, word);
		return true;
	}
	return false;
}
