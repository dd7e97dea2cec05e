/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globals that the script writes and never reads are its results: they are printed when the
 * session ends.
 *
 *     calls=0x3e8
 *     name="ls"
 *     sizes @count=0x3 @min=0x1 @max=0x9 @sum=0xf @avg=0x5
 *     by_pid[1234,"ls"]=0x7          elements by falling value
 */
#ifndef SPILE_PRESENT_GLOBALS_H
#define SPILE_PRESENT_GLOBALS_H

#include "runtime/load/object.h"
#include "runtime/present/output.h"

void globals_print(struct output *out, const struct loaded *loaded, bool json);

#endif
