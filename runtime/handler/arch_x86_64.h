/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the library must know of the processor: where registers are in struct pt_regs, and the
 * calling convention. One such file an architecture.
 */
#ifndef SPILE_HANDLER_ARCH_X86_64_H
#define SPILE_HANDLER_ARCH_X86_64_H

enum {
	REGS_R15, REGS_R14, REGS_R13, REGS_R12, REGS_BP, REGS_BX, REGS_R11, REGS_R10, REGS_R9,
	REGS_R8, REGS_AX, REGS_CX, REGS_DX, REGS_SI, REGS_DI, REGS_ORIG_AX, REGS_IP, REGS_CS,
	REGS_FLAGS, REGS_SP, REGS_SS,
	REGS_NONE = -1,
};

/* Index into pt_regs by DWARF number. */
static inline INLINE int arch_register(u32 dwarf_number)
{
	switch (dwarf_number) {
	case 0: return REGS_AX;
	case 1: return REGS_DX;
	case 2: return REGS_CX;
	case 3: return REGS_BX;
	case 4: return REGS_SI;
	case 5: return REGS_DI;
	case 6: return REGS_BP;
	case 7: return REGS_SP;
	case 8: return REGS_R8;
	case 9: return REGS_R9;
	case 10: return REGS_R10;
	case 11: return REGS_R11;
	case 12: return REGS_R12;
	case 13: return REGS_R13;
	case 14: return REGS_R14;
	case 15: return REGS_R15;
	case 16: return REGS_IP;
	case 49: return REGS_FLAGS;
	default: return REGS_NONE;
	}
}

/* Index into pt_regs of an argument that is passed in a register. */
static inline INLINE int arch_argument(u32 n)
{
	switch (n) {
	case 0: return REGS_DI;
	case 1: return REGS_SI;
	case 2: return REGS_DX;
	case 3: return REGS_CX;
	case 4: return REGS_R8;
	case 5: return REGS_R9;
	default: return REGS_NONE;
	}
}

/* At a function's entry, argument n >= 6 is so far above the stack pointer. */
static inline INLINE u64 arch_stack_argument(u32 n)
{
	return 8 + 8 * (u64)(n - 6);
}

enum { ARCH_RESULT = REGS_AX, ARCH_STACK = REGS_SP, ARCH_PC = REGS_IP };

#endif
