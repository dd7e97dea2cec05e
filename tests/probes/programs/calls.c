/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls whom.
 */
volatile int sink;
__attribute__((noinline)) int g(int x) { sink = x; return x * 2; }
__attribute__((noinline)) int f(int n) { int a = g(n); int b = g(n + 1); return a + b; }
__attribute__((noinline)) int h(int n) { int a = g(n) + 1; sink = a; return a; }
int main(int argc, char **argv) { f(10); h(20); f(30); return 0; }
