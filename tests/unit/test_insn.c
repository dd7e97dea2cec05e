// SPDX-License-Identifier: GPL-2.0-or-later
/* Instructions that must not be probed. */
#include "runtime/attach/insn.h"
#include "tests/unit/test.h"

#define UNSAFE(...)                                                                                \
	(insn_unsafe((const unsigned char[]){__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__})) \
	 != NULL)

TEST(ordinary_entries_are_safe)
{
	CHECK(!UNSAFE(0x55));                         /* push %rbp */
	CHECK(!UNSAFE(0xf3, 0x0f, 0x1e, 0xfa));       /* endbr64 */
	CHECK(!UNSAFE(0x66, 0x0f, 0x6e, 0xc6));       /* movd %esi,%xmm0 */
	CHECK(!UNSAFE(0x64, 0x48, 0x8b, 0x04, 0x25)); /* mov %fs:...,%rax */
	CHECK(!UNSAFE(0x0f, 0x1f, 0x44, 0x00, 0x00)); /* nop */
}

TEST(avx_is_not)
{
	CHECK(UNSAFE(0x62, 0xe2, 0x7d, 0x28, 0x7a, 0xce)); /* vpbroadcastb %esi,%ymm17 */
	CHECK(UNSAFE(0xc5, 0xf9, 0x6e, 0xc6));             /* vmovd %esi,%xmm0 */
	CHECK(UNSAFE(0xc4, 0xe2, 0x7d, 0x78, 0xc0));       /* vpbroadcastb %xmm0,%ymm0 */
}

TEST(refused_prefixes)
{
	CHECK(UNSAFE(0xf0, 0xff, 0x0f));       /* lock decl (%rdi) */
	CHECK(UNSAFE(0x66, 0x2e, 0x0f, 0x1f)); /* cs nopw */
}

TEST(too_few_bytes_are_not_judged)
{
	CHECK(!UNSAFE(0x66));
	CHECK(!insn_unsafe(NULL, 0));
}

TEST_MAIN()
