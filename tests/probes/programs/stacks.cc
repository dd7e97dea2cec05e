// SPDX-License-Identifier: GPL-2.0-or-later
// Names that compilers mangle.
namespace shop {
template <typename T> struct Basket {
	__attribute__((noinline)) int total(T price) { return (int)price + items; }
	int items = 3;
};
}

volatile int sink;

int main()
{
	shop::Basket<long> basket;

	sink = basket.total(4);
	return 0;
}
