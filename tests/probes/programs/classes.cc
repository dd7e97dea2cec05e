/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C++: namespaces, templates, overloads, base classes, references, classes passed by value.
 */
#include <string>
#include <vector>
#include <cstdio>
namespace ns
{
struct Base {
	int base = 5;
	virtual ~Base()
	{
	}
};
template <class T> struct Stack : Base {
	T items[4];
	int n = 0;
	__attribute__((noinline)) void push(const T &v)
	{
		items[n++] = v;
		asm volatile("" ::: "memory");
	}
	__attribute__((noinline)) T pop()
	{
		asm volatile("" ::: "memory");
		return items[--n];
	}
};
static int hidden = 12;
enum class Kind : short { A = -1, B = 300 };
__attribute__((noinline)) int over(int x)
{
	asm volatile("" : "+r"(x));
	return x + hidden++;
}
__attribute__((noinline)) int over(double x, Kind k)
{
	asm volatile("" ::: "memory");
	return (int)x + (int)k;
}
} // namespace ns
template <class T> __attribute__((noinline)) T maximum(T a, T b)
{
	asm volatile("" ::: "memory");
	return a > b ? a : b;
}
struct Nontrivial {
	int v;
	Nontrivial(int x) : v(x)
	{
	}
	Nontrivial(const Nontrivial &o) : v(o.v)
	{
	}
	~Nontrivial()
	{
		asm volatile("");
	}
};
__attribute__((noinline)) int nontrivial(Nontrivial n, int after)
{
	asm volatile("" ::: "memory");
	return n.v + after;
}
__attribute__((noinline)) Nontrivial make(int x)
{
	asm volatile("" ::: "memory");
	return Nontrivial(x);
}
int main()
{
	ns::Stack<int> s;
	s.push(42);
	s.push(43);
	s.pop();
	ns::Stack<long> t;
	t.push(-1);
	ns::over(3);
	ns::over(2.5, ns::Kind::B);
	maximum<int>(3, 9);
	maximum<long>(4, 1);
	nontrivial(Nontrivial(17), 4);
	make(8);
	std::string str = "abc";
	printf("%s\n", str.c_str());
}
