// SPDX-License-Identifier: GPL-2.0-or-later
/* Two nodes of a list, each handed to a function. */
struct node {
	int value;
	struct node *next;
	char name[8];
};

__attribute__((noinline)) int take(struct node *n)
{
	asm volatile("" : : "r"(n) : "memory");
	return n->value;
}

int main(void)
{
	struct node second = {7, 0, "bee"}, first = {5, &second, "aye"};

	return take(&first) + take(&second) != 12;
}
