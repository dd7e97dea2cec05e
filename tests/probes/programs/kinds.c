/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two files in one: compiled with -DOTHER, a structure and an enumeration differ. */
#include <stdio.h>

#ifdef OTHER
struct node { char pad[40]; int value; };
enum colour { BLUE = 7, GREEN = -3 };
#else
struct node { int value; };
enum colour { RED, BLUE = 100, GREEN = 5, VERDANT = 5 };
#endif
#ifdef OTHER
#define FUNCTION other
#else
#define FUNCTION first
void other(struct node *node, enum colour colour);
#endif

__attribute__((noinline)) void FUNCTION(struct node *node, enum colour colour)
{
	__asm__ volatile("" : : "r"(node), "r"(colour) : "memory");
}

#ifdef OTHER
struct node other_node = { "", 222 };
#else
extern char other_node;
int main(void)
{
	struct node node = { 111 };

	first(&node, BLUE);
	first(&node, GREEN);
	first(&node, 99);
	other((struct node *)&other_node, 7);
	printf("%zu\n", sizeof(node));
	return 0;
}
#endif
