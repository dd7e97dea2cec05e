// SPDX-License-Identifier: GPL-2.0-or-later
// Rust: modules, methods, slices, enums, generics.
mod shapes {
    pub struct Point {
        pub x: i32,
        pub y: i64,
    }
    impl Point {
        #[inline(never)]
        pub fn scaled(&self, by: i32) -> i64 {
            std::hint::black_box(self.x as i64 * by as i64 + self.y)
        }
    }
    #[inline(never)]
    pub fn count(text: &str, flag: bool) -> usize {
        std::hint::black_box(text.len() + flag as usize)
    }
    pub enum Kind {
        Round(u32),
        Long { w: u16, h: u16 },
    }
    #[inline(never)]
    pub fn area(kind: &Kind, rest: &str) -> usize {
        std::hint::black_box(match kind {
            Kind::Round(r) => *r as usize,
            Kind::Long { w, h } => *w as usize * *h as usize,
        } + rest.len())
    }
    #[inline(never)]
    pub fn biggest<T: PartialOrd + Copy>(a: T, b: T) -> T {
        if a > b {
            a
        } else {
            b
        }
    }
}
fn main() {
    let p = shapes::Point { x: 6, y: -2 };
    std::hint::black_box(p.scaled(7));
    std::hint::black_box(shapes::count("hello", true));
    std::hint::black_box(shapes::area(&shapes::Kind::Round(5), ""));
    std::hint::black_box(shapes::area(&shapes::Kind::Long { w: 2, h: 3 }, "xy"));
    std::hint::black_box(shapes::biggest(3u16, 9u16));
}
