// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module to be probed: writing a number to its parameter `go` runs it, and the kernel's log gets what
 * the variables were.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>

struct probed_pair {
	int first;
	unsigned char flags : 3, more : 5;
	long second;
	char name[12];
	struct probed_pair *next;
};

static int scale = 3;            /* a static variable, and a global one */
long probed_total;
static DEFINE_PER_CPU(long, probed_here);
static struct probed_pair probed_pairs[2] = {
	{ .first = 7, .flags = 5, .more = 17, .second = -40, .name = "left", .next = &probed_pairs[1] },
	{ .first = 8, .flags = 2, .more = 30, .second = 1LL << 40, .name = "right" },
};

static noinline long probed_sink(long value, const char *what)
{
	pr_info("probed: %s=%ld\n", what, value);
	return value + 1;
}

static __always_inline long mixed(long value, int weight)
{
	long product = value * weight + scale;

	probed_total += product;
	probed_sink(product, "product");
	return product;
}

static noinline long probed_loop(struct probed_pair *pair, int times)
{
	long sum = pair->second;
	int i;

	for (i = 0; i < times; i++) {
		sum += pair->first * i;
		probed_sink(sum, "sum");
	}
	if (sum & 1)
		goto odd;
	probed_sink(sum, "even");
	return sum;
odd:
	probed_sink(sum, "odd");
	return -sum;
}

static noinline int probed_go(int n)
{
	long a, b, looped;

	a = mixed(n, 10);
	b = mixed(n + 1, 100);
	looped = probed_loop(&probed_pairs[n & 1], n);
	this_cpu_write(probed_here, n * 11);
	pr_info("probed: n=%d a=%ld b=%ld looped=%ld total=%ld\n", n, a, b, looped, probed_total);
	return 0;
}

static int set_go(const char *text, const struct kernel_param *param)
{
	int n, error = kstrtoint(text, 10, &n);

	if (error)
		return error;
	get_cpu();
	error = probed_go(n);
	put_cpu();
	return error;
}

static const struct kernel_param_ops go_ops = { .set = set_go };
module_param_cb(go, &go_ops, NULL, 0200);
module_param(scale, int, 0400);

static int __init probed_start(void)
{
	return 0;
}

static void __exit probed_stop(void)
{
}

module_init(probed_start);
module_exit(probed_stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Something to be probed");
