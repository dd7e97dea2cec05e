/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --json: one object a line, told apart by "type":
 *
 *   {"type":"print","text":"..."}                      what a handler printed
 *   {"type":"histogram","op":"hist_log","count":..,"sum":..,"min":..,"max":..,
 *    "buckets":[{"from":8,"count":3},...]}             non-empty buckets
 *   {"type":"error"|"warning","message":"...","position":"...","probe":"..."}
 *   {"type":"global","name":"c","value":..}            shown by itself at the end
 *   {"type":"global","name":"a","elements":[{"key":[..],"value":..},...]}
 */
#ifndef SPILE_PRESENT_JSON_H
#define SPILE_PRESENT_JSON_H

#include <json-c/json.h>

#include "compiler/codegen/unit.h"
#include "runtime/handler/abi.h"
#include "runtime/present/output.h"

void json_print(struct output *out, const char *text, size_t length);
void json_message(struct output *out, const char *kind, const char *text, const char *position,
		  const char *probe);
void json_histogram(struct output *out, const struct unit_hist *hist,
		    const struct stat_cell *cell);
/* Writes the object as a line, and releases it. */
void json_line(struct output *out, struct json_object *object);
/* Text that may not be UTF-8: wrong bytes become U+FFFD. */
struct json_object *json_text(const char *text, size_t length);
/* "buckets": those with samples, each with its lower bound and their number; hist may be NULL. */
void json_add_buckets(struct json_object *object, const struct unit_hist *hist,
		      const struct stat_cell *cell);
struct json_object *json_stats(const struct stat_cell *cell);

#endif
