// SPDX-License-Identifier: GPL-2.0-or-later

// A web server with two handlers, and four clients that ask each of them N times.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

type shop struct{ sold int64 }

//go:noinline
func (s *shop) buy(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	time.Sleep(time.Duration(n%5) * time.Millisecond)
	fmt.Fprintln(w, "bought", n)
}

//go:noinline
func list(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "list")
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	mux := http.NewServeMux()
	s := &shop{}
	mux.HandleFunc("/buy", s.buy)
	mux.HandleFunc("/list", list)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, mux)
	base := "http://" + l.Addr().String()
	var group sync.WaitGroup
	for c := 0; c < 4; c++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < n; i++ {
				for _, path := range []string{"/buy?n=" + strconv.Itoa(i), "/list"} {
					r, err := http.Get(base + path)
					if err != nil {
						panic(err)
					}
					r.Body.Close()
				}
			}
		}()
	}
	group.Wait()
	fmt.Println("served", 8*n)
}
