// SPDX-License-Identifier: GPL-2.0-or-later

// Functions of Go that print what they were called with, and what they return: as "> name values"
// and "< name values". tests/probes/go.sh compares that with what scripts read.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type Point struct {
	X, Y int32
}

type Box struct {
	name  string
	at    Point
	tags  []string
	inner *Box
	small [3]int16
}

type Shape interface {
	Area() int
}

type Named string

func (p *Point) Area() int { return int(p.X) * int(p.Y) }

var Total = 7
var title = "the title"

//go:noinline
func scalars(a int8, b uint16, c int32, d uint64, e bool, f uintptr) int {
	fmt.Println("> scalars", a, b, c, d, b2i(e), f)
	r := int(a) + int(b)
	fmt.Println("< scalars", r)
	return r
}

//go:noinline
func blanks(_ int, a int, _ string, b string, _ []int, c int) (_ int, ok bool) {
	fmt.Println("> blanks", a, strconv.Quote(b), c)
	ok = a > c
	fmt.Println("< blanks", b2i(ok))
	return 5, ok
}

//go:noinline
func unused(a, b, c int) int {
	fmt.Println("> unused", b)
	return b
}

//go:noinline
func texts(a string, b Named, c []string, d []byte) (string, int) {
	fmt.Println("> texts", strconv.Quote(a), strconv.Quote(string(b)), len(c), cap(c), strconv.Quote(c[1]), len(d), d[0])
	r := a + string(b)
	fmt.Println("< texts", strconv.Quote(r), len(r))
	return r, len(r)
}

//go:noinline
func structs(p Point, b Box, q *Box) Point {
	fmt.Println("> structs", p.X, p.Y, strconv.Quote(b.name), b.at.X, b.at.Y, len(b.tags), b.small[2], strconv.Quote(q.inner.name), q.inner.small[1])
	r := Point{p.Y, p.X}
	fmt.Println("< structs", r.X, r.Y)
	return r
}

//go:noinline
func arrays(a [1]int, b [4]int32, n int) [2]int {
	fmt.Println("> arrays", a[0], b[0], b[3], n)
	r := [2]int{a[0], n}
	return r
}

//go:noinline
func many(a, b, c, d, e, f, g, h, i, j, k int) (r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 int) {
	fmt.Println("> many", a, b, c, d, e, f, g, h, i, j, k)
	fmt.Println("< many", a, i)
	return a, b, c, d, e, f, g, h, i, j + k
}

//go:noinline
func dynamic(s Shape, v interface{}, m map[string]int, f func(int) int, ch chan int, err error) error {
	fmt.Println("> dynamic", s.(*Point).X, len(m), b2i(err == nil))
	fmt.Println("area", s.Area())
	fmt.Println("< dynamic", b2i(err == nil))
	return err
}

//go:noinline
func mixed(x float64, a int, y float32, b int64) (z float64, c int) {
	fmt.Println("> mixed", a, b)
	fmt.Println("< mixed", a+int(b))
	return x, a + int(b)
}

//go:noinline
func escaping(n int, s string) *int {
	fmt.Println("> escaping", n, strconv.Quote(s))
	keep(&n)
	return &n
}

var kept *int

//go:noinline
func keep(p *int) { kept = p }

//go:noinline
func deep(n int) int {
	var pad [100]int
	pad[n%100] = n
	if n == 0 {
		return pad[0]
	}
	return deep(n-1) + pad[n%100]
}

//go:noinline
func Map[T any, U any](in []T, f func(T) U) []U {
	var out []U
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

type List[T any] struct{ items []T }

//go:noinline
func (l *List[T]) Push(x T) int {
	l.items = append(l.items, x)
	return len(l.items)
}

//go:noinline
func recovers(n int) (r int) {
	defer func() {
		if e := recover(); e != nil {
			r = n * 100
		}
	}()
	if n%2 == 1 {
		panic("odd")
	}
	return n
}

//go:noinline
func forwards(n int) int {
	if n > 3 {
		return -1
	}
	switch n {
	case 0:
		return 10
	case 1:
		return 20
	case 2:
		return deep(3)
	}
	return 40
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

var waited, waitedSum int64

// Each call waits for another goroutine, and goes on in whatever thread is free.
//
//go:noinline
func waits(id int, in chan int, depth int) (got, at int) {
	defer func() {
		atomic.AddInt64(&waited, 1)
		atomic.AddInt64(&waitedSum, int64(got+at))
	}()
	if depth > 0 {
		got, at = waits(id, in, depth-1)
		time.Sleep(time.Microsecond * time.Duration(id%50))
		return got + 1, at
	}
	time.Sleep(time.Microsecond * time.Duration(id%300))
	x := <-in
	var pad [1000]int
	pad[x%1000] = x
	return pad[x%1000]*1000 + id, id
}

func crowd(n int) {
	var group sync.WaitGroup
	in := make(chan int)
	for i := 0; i < n; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			for k := 0; k < 4; k++ {
				waits(i, in, k)
			}
		}(i)
	}
	for i := 0; i < 4*n; i++ {
		in <- i
	}
	group.Wait()
	fmt.Println("crowd", waited, waitedSum)
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "wait" {
		fmt.Println("waits")
		os.Stdin.Read(make([]byte, 1))
	} else if len(os.Args) > 1 {
		n, _ := strconv.Atoi(os.Args[1])
		crowd(n)
		return
	}
	scalars(-5, 65000, -70000, 1<<63+9, true, 12)
	blanks(1, 2, "three", "four", []int{5}, 6)
	blanks(1, 20, "three", "", []int{5}, -6)
	unused(11, 22, 33)
	texts("hello\tyou"[:7], "bob", []string{"x", "yz", "w"}[:2], []byte{200, 1})
	box := Box{name: "box", at: Point{1, -2}, tags: []string{"t"}, small: [3]int16{-1, -2, -3}}
	structs(Point{3, -4}, box, &Box{inner: &box})
	arrays([1]int{71}, [4]int32{1, 2, 3, -4}, 9)
	many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	dynamic(&Point{8, 9}, 5, map[string]int{"a": 1}, func(x int) int { return x }, nil, nil)
	mixed(1.5, 42, 2.5, -43)
	escaping(77, "esc")
	fmt.Println("deep", deep(3000))
	fmt.Println("map", len(Map([]int{1, 2, 3}, func(x int) string { return strconv.Itoa(x) })), Map([]string{"a", "bc"}, func(x string) int { return len(x) }))
	list := List[string]{}
	fmt.Println("push", list.Push("a"), list.Push("b"))
	for i := 0; i < 5; i++ {
		fmt.Println("recovers", recovers(i), "forwards", forwards(i))
	}
}
