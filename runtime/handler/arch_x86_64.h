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

/* The same in Go, by words: a string is two, a slice three. */
static inline INLINE int arch_go_argument(u32 n)
{
	switch (n) {
	case 0: return REGS_AX;
	case 1: return REGS_BX;
	case 2: return REGS_CX;
	case 3: return REGS_DI;
	case 4: return REGS_SI;
	case 5: return REGS_R8;
	case 6: return REGS_R9;
	case 7: return REGS_R10;
	case 8: return REGS_R11;
	default: return REGS_NONE;
	}
}

/* At a function's entry, argument n >= 6 is so far above the stack pointer. */
static inline INLINE u64 arch_stack_argument(u32 n)
{
	return 8 + 8 * (u64)(n - 6);
}

/* A name of up to 7 characters, packed little-endian. */
#define REGISTER_NAME_2(a, b) ((u64)(a) | (u64)(b) << 8)
#define REGISTER_NAME_3(a, b, c) (REGISTER_NAME_2(a, b) | (u64)(c) << 16)
#define REGISTER_NAMES(index, a, b)                                                                \
	case REGISTER_NAME_2(a, b):                                                                \
	case REGISTER_NAME_3('r', a, b):                                                           \
		return REGS_NAMED | (index);                                                       \
	case REGISTER_NAME_3('e', a, b):                                                           \
		return REGS_NAMED_32 | REGS_NAMED | (index)

enum { REGS_NAMED = 32, REGS_NAMED_32 = 64 };

/* Argument n, from 0 to 5, of a system call: `call` kept the fourth's place for itself. */
static inline INLINE int arch_syscall_argument(u32 n)
{
	return n == 3 ? REGS_R10 : arch_argument(n);
}

/* Index into pt_regs | REGS_NAMED (| REGS_NAMED_32: its low half), or 0: no register's name. */
static inline INLINE u32 arch_register_named(u64 name)
{
	switch (name) {
	REGISTER_NAMES(REGS_AX, 'a', 'x');
	REGISTER_NAMES(REGS_BX, 'b', 'x');
	REGISTER_NAMES(REGS_CX, 'c', 'x');
	REGISTER_NAMES(REGS_DX, 'd', 'x');
	REGISTER_NAMES(REGS_SI, 's', 'i');
	REGISTER_NAMES(REGS_DI, 'd', 'i');
	REGISTER_NAMES(REGS_BP, 'b', 'p');
	REGISTER_NAMES(REGS_SP, 's', 'p');
	REGISTER_NAMES(REGS_IP, 'i', 'p');
	case REGISTER_NAME_2('r', '8'): return REGS_NAMED | REGS_R8;
	case REGISTER_NAME_2('r', '9'): return REGS_NAMED | REGS_R9;
	case REGISTER_NAME_3('r', '1', '0'): return REGS_NAMED | REGS_R10;
	case REGISTER_NAME_3('r', '1', '1'): return REGS_NAMED | REGS_R11;
	case REGISTER_NAME_3('r', '1', '2'): return REGS_NAMED | REGS_R12;
	case REGISTER_NAME_3('r', '1', '3'): return REGS_NAMED | REGS_R13;
	case REGISTER_NAME_3('r', '1', '4'): return REGS_NAMED | REGS_R14;
	case REGISTER_NAME_3('r', '1', '5'): return REGS_NAMED | REGS_R15;
	case REGISTER_NAME_2('c', 's'):
	case REGISTER_NAME_3('x', 'c', 's'): return REGS_NAMED | REGS_CS;
	case REGISTER_NAME_2('s', 's'):
	case REGISTER_NAME_3('x', 's', 's'): return REGS_NAMED | REGS_SS;
	case REGISTER_NAME_3('f', 'l', 'a') | (u64)'g' << 24 | (u64)'s' << 32:
	case REGISTER_NAME_3('e', 'f', 'l') | (u64)'a' << 24 | (u64)'g' << 32 | (u64)'s' << 40:
		return REGS_NAMED | REGS_NAMED_32 | REGS_FLAGS;
	default: return 0;
	}
}

enum { ARCH_RESULT = REGS_AX, ARCH_STACK = REGS_SP, ARCH_PC = REGS_IP };

#endif
