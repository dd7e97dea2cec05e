/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compiler/debuginfo/return_slot.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct return_slots {
	char *path;
	int fd;
	Elf *elf;
	Dwarf_CFI *cfi;
};

enum { STACK_POINTER = 7, RETURN_ADDRESS_BYTES = 8 };

void return_slots_close(struct return_slots *slots)
{
	if (!slots)
		return;
	if (slots->cfi)
		dwarf_cfi_end(slots->cfi);
	elf_end(slots->elf);
	if (slots->fd >= 0)
		close(slots->fd);
	free(slots->path);
	free(slots);
}

static struct return_slots *slots_open(const char *path)
{
	struct return_slots *slots = calloc(1, sizeof(*slots));

	if (!slots)
		return NULL;
	slots->path = strdup(path);
	slots->fd = open(path, O_RDONLY | O_CLOEXEC);
	elf_version(EV_CURRENT);
	slots->elf = slots->fd < 0 ? NULL : elf_begin(slots->fd, ELF_C_READ_MMAP, NULL);
	slots->cfi = slots->elf ? dwarf_getcfi_elf(slots->elf) : NULL;
	return slots;
}

/* The canonical frame address is right above the return address. */
static int64_t slot_of_frame(Dwarf_Frame *frame)
{
	Dwarf_Op *ops;
	size_t n = 0;

	if (dwarf_frame_cfa(frame, &ops, &n) || n != 1)
		return 0;
	if (ops->atom == DW_OP_breg0 + STACK_POINTER &&
	    (int64_t)ops->number >= RETURN_ADDRESS_BYTES)
		return (int64_t)ops->number - RETURN_ADDRESS_BYTES + 1;
	if (ops->atom == DW_OP_bregx && ops->number == STACK_POINTER &&
	    (int64_t)ops->number2 >= RETURN_ADDRESS_BYTES)
		return (int64_t)ops->number2 - RETURN_ADDRESS_BYTES + 1;
	return 0;
}

int64_t return_slot_at(struct return_slots **slots, const char *path, uint64_t address)
{
	Dwarf_Frame *frame;
	int64_t slot;

	if (!*slots || !(*slots)->path || strcmp((*slots)->path, path)) {
		return_slots_close(*slots);
		*slots = slots_open(path);
	}
	if (!*slots || !(*slots)->cfi || dwarf_cfi_addrframe((*slots)->cfi, address, &frame))
		return 0;
	slot = slot_of_frame(frame);
	free(frame);
	return slot;
}
