# SPDX-License-Identifier: GPL-2.0-or-later
"""Random C programs whose values are known, and scripts that ask for them.

One program is written twice from the same choices: the *truth*, where every function prints
what it has at its entry, at checkpoints and at its return; and the *subject*, where the same
points are nothing, a nop, a store or a call, so that the compiler is free to optimise. Both
compute the same, so what a script reads in the subject must be what the truth printed.
"""
import random

# ---- types ----------------------------------------------------------------------------------


class Int:
    def __init__(self, name, bits, signed):
        self.name, self.bits, self.signed = name, bits, signed

    def declare(self, name):
        return f"{self.name} {name}"

    def paths(self, script, c, _):
        yield script, c

    def value(self, rng):
        return f"({self.name}){number(rng)}"


class Float:
    def __init__(self, name):
        self.name = name

    def declare(self, name):
        return f"{self.name} {name}"

    def paths(self, script, c, _):
        return iter(())

    def value(self, rng):
        return f"{rng.randint(-1000, 1000)}.5"


class Void:
    name = "void"

    def declare(self, name):
        return f"void {name}"

    def paths(self, script, c, _):
        return iter(())


class Struct:
    """A structure or a union of (name, type, width of a bit-field or 0)."""

    def __init__(self, word, name, members):
        self.word, self.name, self.members = word, name, members

    def declare(self, name):
        return f"{self.word} {self.name} {name}"

    def define(self):
        lines = [f"{self.word} {self.name} {{"]
        for name, kind, width in self.members:
            if name is None:
                lines.append(f"\t{kind.word} {{")
                lines += [f"\t\t{k.declare(n)};" for n, k, _ in kind.members]
                lines.append("\t};")
            else:
                lines.append(f"\t{kind.declare(name)}{f' : {width}' if width else ''};")
        return lines + ["};"]

    def paths(self, script, c, level):
        for name, kind, _ in self.members:
            if name is None:
                yield from kind.paths(script, c, level)
            else:
                yield from kind.paths(f"{script}->{name}", f"{c}.{name}", level)

    def value(self, rng):
        members = self.members[:1] if self.word == "union" else self.members
        values = [kind.value(rng) for _, kind, _ in members]
        return f"{{ {', '.join(values)} }}"


class Array:
    def __init__(self, element, size):
        self.element, self.size = element, size

    def declare(self, name):
        return self.element.declare(f"{name}[{self.size}]")

    def paths(self, script, c, level):
        for i in sorted({0, self.size // 2, self.size - 1}):
            yield from self.element.paths(f"{script}[{i}]", f"{c}[{i}]", level)

    def value(self, rng):
        return f"{{ {', '.join(self.element.value(rng) for _ in range(self.size))} }}"


class Pointer:
    def __init__(self, target):
        self.target = target

    def declare(self, name):
        return self.target.declare(f"*{name}")

    def paths(self, script, c, level):
        if level > 1:
            return
        if isinstance(self.target, Int):
            yield f"{script}[0]", f"{c}[0]"
        else:
            for path, text in self.target.paths(script, f"(*{c})", level + 1):
                yield path, text


INTS = [Int("char", 8, True), Int("signed char", 8, True), Int("unsigned char", 8, False),
        Int("short", 16, True), Int("unsigned short", 16, False), Int("int", 32, True),
        Int("unsigned", 32, False), Int("long", 64, True), Int("unsigned long", 64, False),
        Int("int", 32, True), Int("long", 64, True), Int("_Bool", 1, False),
        Int("enum colour", 32, False)]
FLOATS = [Float("double"), Float("float")]


def number(rng):
    return rng.choice([rng.randint(-9, 9), rng.randint(-(1 << 31), (1 << 31) - 1),
                       f"{rng.randint(-(1 << 62), 1 << 62)}L"])


# ---- programs -------------------------------------------------------------------------------


class Variable:
    def __init__(self, name, kind, fixed=False):
        self.name, self.kind, self.fixed = name, kind, fixed
        self.escaped = False # others may have its address: it is in memory

    def paths(self):
        return self.kind.paths("$" + self.name, self.name, 0)


class Function:
    def __init__(self, name, attributes, result, parameters):
        self.name, self.attributes = name, attributes
        self.result, self.parameters = result, parameters

    def head(self):
        parameters = ", ".join(p.kind.declare(p.name) for p in self.parameters) or "void"
        return f"{self.attributes}{self.result.declare(self.name)}({parameters})"


class Program:
    """`truth` and `subject`, C texts; `points`: what to ask where (see script())."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.truth, self.subject, self.points = [], [], []
        self.n_points = 0
        self.structs = []
        self.functions = []
        self.globals = []
        self.write()

    # Lines of both, of one.
    def both(self, *lines):
        self.truth += lines
        self.subject += lines

    def pick(self, *choices):
        return self.rng.choice(choices)

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    # ---- declarations

    def integer(self):
        return self.rng.choice(INTS)

    def make_struct(self, name):
        members = []
        for i in range(self.rng.randint(1, 5)):
            what = self.rng.randrange(12)
            if what < 5:
                members.append((f"m{i}", self.integer(), 0))
            elif what < 8:
                kind = self.rng.choice([k for k in INTS if k.bits in (8, 16, 32, 64)])
                members.append((f"m{i}", kind, self.rng.randint(1, kind.bits)))
            elif what == 8:
                members.append((f"m{i}", self.rng.choice(FLOATS), 0))
            elif what == 9:
                members.append((f"m{i}", Array(self.integer(), self.rng.randint(1, 4)), 0))
            elif what == 10 and self.structs:
                members.append((f"m{i}", self.rng.choice(self.structs), 0))
            else:
                union = Struct("union", "", [(f"u{i}", INTS[7], 0),
                                             (f"w{i}", Array(INTS[4], 4), 0), (f"x{i}", INTS[5], 0)])
                members.append((None, union, 0))
        return Struct("struct", name, members)

    def declare_types(self):
        self.both("enum colour { RED, GREEN = 7, BLUE = 1000000 };")
        for i in range(self.rng.randint(1, 4)):
            struct = self.make_struct(f"s{i}")
            self.structs.append(struct)
            self.both(*struct.define())

    def declare_globals(self):
        kinds = [self.integer(), *self.structs]
        for _ in range(self.rng.randint(1, 4)):
            kinds.append(self.pick(self.integer(), self.rng.choice(self.structs),
                                   Array(self.integer(), self.rng.randint(1, 5))))
        for i, kind in enumerate(kinds):
            storage = self.pick("", "", "static ", "static ", "__thread ", "static __thread ")
            variable = Variable(f"g{i}", kind)
            variable.escaped = True
            self.globals.append(variable)
            self.both(f"{storage}{kind.declare(variable.name)} = {kind.value(self.rng)};")

    def some_kind(self):
        what = self.rng.randrange(12)
        if what < 7:
            return self.integer()
        if what == 7:
            return self.rng.choice(FLOATS)
        if what < 10:
            return self.rng.choice(self.structs)
        return Pointer(self.pick(self.rng.choice(self.structs), self.globals[0].kind))

    # ---- expressions

    def places(self, scope):
        """C texts of integers that can be assigned to, with their types left out."""
        found = []
        for variable in scope + self.globals:
            if not variable.fixed:
                found += [c for _, c in variable.paths()]
        return found

    def expression(self, scope, depth=2):
        what = self.rng.randrange(10)
        if depth == 0 or what < 3:
            places = self.places(scope)
            if places and self.chance(75):
                return f"(unsigned long){self.rng.choice(places)}"
            return f"(unsigned long){number(self.rng)}"
        left, right = self.expression(scope, depth - 1), self.expression(scope, depth - 1)
        op = self.pick("+", "-", "*", "^", "&", "|", "/", "%", "<<", ">>", "<", "==")
        if op in "/%":
            return f"({left} {op} ({right} | 1))"
        if op in ("<<", ">>"):
            return f"({left} {op} ({right} & 31))"
        return f"({left} {op} {right})"

    def initial(self, scope, kind):
        """An initialiser for a variable of that kind; None when there is none."""
        if isinstance(kind, Int):
            return f"({kind.name})({self.expression(scope)})"
        if isinstance(kind, Float):
            return f"({kind.name})(short)({self.expression(scope)})"
        if isinstance(kind, Struct):
            same = [v for v in scope + self.globals if v.kind is kind]
            return self.rng.choice(same).name if same and self.chance(40) else kind.value(self.rng)
        if isinstance(kind, Array):
            return kind.value(self.rng)
        return self.address(scope, kind.target)

    def address(self, scope, target):
        same = [f"&{v.name}" for v in scope + self.globals if v.kind is target and v.escaped]
        same += [v.name for v in scope if isinstance(v.kind, Pointer) and v.kind.target is target]
        return self.rng.choice(same)

    def call(self, scope, function):
        values = []
        for parameter in function.parameters:
            kind = parameter.kind
            value = self.initial(scope, kind)
            if isinstance(kind, Struct) and value.startswith("{"):
                value = f"({kind.word} {kind.name}){value}"
            values.append(value)
        return f"{function.name}({', '.join(values)})"

    # ---- points

    def asked(self, scope):
        """{script path: C text} of what is asked where these variables are in scope."""
        asked = {}
        for variable in scope + self.globals:
            paths = list(variable.paths())
            for script, c in self.rng.sample(paths, min(len(paths), 6)):
                asked[script] = c
        return asked

    def report(self, number, asked):
        formats = " ".join(f"{i}=%lld" for i in range(len(asked)))
        values = "".join(f", (long long)({c})" for c in asked.values())
        return f'printf("{number} {formats}\\n"{values});'

    def point(self, kind, asked, **more):
        number = self.n_points
        self.n_points += 1
        self.points.append(dict(kind=kind, number=number, asked=list(asked),
                                c=list(asked.values()), **more))
        return number

    def checkpoint(self, indent, scope):
        asked = self.asked(scope)
        label = self.chance(15)
        number = self.point("label" if label else "statement", asked,
                            function=self.current.name, line=len(self.subject) + 1)
        text = self.pick('__asm__ volatile("nop");', f"mark = {number};", f"external({number});")
        if label:
            text = f"if (never) goto L{number}; L{number}: {text}"
        self.subject.append(indent + text)
        self.truth.append(indent + self.report(number, asked))

    # ---- statements

    def declare_local(self, indent, scope, depth):
        kind = self.pick(self.some_kind(), self.some_kind(),
                         Array(self.integer(), self.rng.randint(1, 6)))
        shadowed = [v.name for v in self.outer if v.name not in {s.name for s in self.block}]
        if shadowed and self.chance(10):
            name = self.rng.choice(shadowed)
        else:
            name = f"v{self.n_locals}"
            self.n_locals += 1
        inner = [v for v in scope if v.name != name]
        variable = Variable(name, kind)
        storage = ""
        value = self.initial(inner, kind)
        if isinstance(kind, (Int, Array)) and self.chance(8):
            storage, value = "static ", kind.value(self.rng)
        elif isinstance(kind, Int) and self.chance(10):
            storage = "volatile "
        self.both(f"{indent}{storage}{kind.declare(name)} = {value};")
        if isinstance(kind, (Int, Struct)) and self.chance(40):
            variable.escaped = True
            self.both(f"{indent}escaped = &{name};")
        self.block.append(variable)
        scope[:] = inner + [variable]

    def assign(self, indent, scope):
        structs = [v for v in scope + self.globals if isinstance(v.kind, Struct)]
        if structs and self.chance(25):
            left = self.rng.choice(structs)
            same = [v.name for v in scope + self.globals if v.kind is left.kind]
            self.both(f"{indent}{left.name} = {self.rng.choice(same)};")
            return
        pointers = [v for v in scope if isinstance(v.kind, Pointer)]
        if pointers and self.chance(20):
            left = self.rng.choice(pointers)
            address = self.address(self.globals, left.kind.target)
            self.both(f"{indent}{left.name} = {address};")
            return
        places = self.places(scope)
        if places:
            op = self.pick("=", "=", "+=", "^=", "-=")
            self.both(f"{indent}{self.rng.choice(places)} {op} {self.expression(scope)};")

    def call_statement(self, indent, scope):
        callee = self.rng.choice(self.functions)
        call = self.call(scope, callee)
        places = self.places(scope)
        if isinstance(callee.result, Int) and places:
            call = f"{self.rng.choice(places)} = {call}"
        elif isinstance(callee.result, Struct):
            same = [v.name for v in scope if v.kind is callee.result]
            if same:
                call = f"{self.rng.choice(same)} = {call}"
        self.both(f"{indent}if (budget-- > 0)", f"{indent}\t{call};")

    def loop(self, indent, scope, depth):
        name = f"i{self.n_locals}"
        self.n_locals += 1
        bound = self.pick(str(self.rng.randint(1, 5)), f"(int)({self.expression(scope, 1)} & 3)")
        inner = scope + [Variable(name, INTS[5], fixed=True)]
        self.both(f"{indent}for (int {name} = 0, n{name} = {bound}; {name} < n{name}; {name}++) {{")
        self.statements(indent + "\t", inner, depth + 1)
        self.both(f"{indent}}}")

    def branch(self, indent, scope, depth):
        self.both(f"{indent}if ({self.expression(scope)}) {{")
        self.statements(indent + "\t", list(scope), depth + 1)
        if self.chance(50):
            self.both(f"{indent}}} else {{")
            self.statements(indent + "\t", list(scope), depth + 1)
        self.both(f"{indent}}}")

    def statements(self, indent, scope, depth):
        saved = self.block, self.outer
        self.block, self.outer = [], list(scope) if depth else []
        for _ in range(self.rng.randint(1, 3)):
            self.declare_local(indent, scope, depth)
        for _ in range(self.rng.randint(2, 7 - 2 * depth)):
            what = self.rng.randrange(12)
            if what < 3:
                self.checkpoint(indent, scope)
            elif what < 7:
                self.assign(indent, scope)
            elif what < 9 and self.functions:
                self.call_statement(indent, scope)
            elif what == 9 and depth < 2:
                self.loop(indent, scope, depth)
            elif depth < 2:
                self.branch(indent, scope, depth)
        self.block, self.outer = saved

    # ---- functions

    def finish(self, scope, entry):
        result = self.current.result
        kept = {f"@entry({script})" if self.chance(50) else script: f"entry_{i}"
                for i, script in enumerate(entry) if not self.is_global(script)}
        paths = dict(result.paths("$return", "result", 0))
        number = self.point("return", {**paths, **kept}, function=self.current.name)
        if isinstance(result, Void):
            self.truth.append(f"\t{self.report(number, kept)}")
            return
        value = self.initial(scope, result)
        if isinstance(result, Struct):
            self.both(f"\t{result.declare('result')} = {value};")
            value = "result"
            self.subject.append("\treturn result;")
        else:
            self.truth.append(f"\t{result.declare('result')} = {value};")
            self.subject.append(f"\treturn {value};")
        self.truth.append(f"\t{self.report(number, {**paths, **kept})}")
        self.truth.append("\treturn result;")

    def is_global(self, script):
        return script.startswith("$g")

    def function(self, index):
        attributes = self.pick("static ", "static ", "static inline ", "",
                               "__attribute__((noinline)) ",
                               "static __attribute__((noinline)) ",
                               "static __attribute__((noinline)) ",
                               "static inline __attribute__((always_inline)) ",
                               "__attribute__((noipa)) ")
        parameters = [Variable(f"p{i}", self.some_kind())
                      for i in range(self.pick(0, 1, 2, 3, 4, 5, 8))]
        result = self.pick(self.integer(), self.integer(), Void(),
                           self.rng.choice(self.structs))
        function = self.current = Function(f"f{index}", attributes, result, parameters)
        self.n_locals, self.block, self.outer = 0, [], []
        self.both("", function.head(), "{")
        entry = self.asked(parameters)
        number = self.point("function", entry, function=function.name)
        self.truth.append(f"\t{self.report(number, entry)}")
        for i, (script, c) in enumerate(entry.items()):
            if not self.is_global(script):
                self.truth.append(f"\tlong long entry_{i} = (long long)({c});")
        scope = list(parameters)
        self.statements("\t", scope, 0)
        self.finish(scope, entry)
        self.both("}")
        self.functions.append(function)

    def write(self):
        self.both("#include <stdio.h>", "volatile int never, mark;", "void *volatile escaped;", "int budget = 60;",
                  "__attribute__((noipa)) void external(int n) { mark = n; }")
        self.declare_types()
        self.declare_globals()
        for i in range(self.rng.randint(3, 7)):
            self.function(i)
        self.both("", "int main(void)", "{")
        for function in self.functions[::-1]:
            self.both("\tbudget = 12;", f"\t{self.call([], function)};")
        self.both("\treturn 0;", "}")

    # ---- what is asked

    def script(self, optimised):
        """What only some callers tell of optimised code is an error for the others."""
        before, behind = ("try { ", " } catch { }") if optimised else ("", "")
        lines = []
        for point in self.points:
            function = point["function"]
            where = {
                "function": f'function("{function}")',
                "return": f'function("{function}").return',
                "statement": f'statement("*@subject.c:{point.get("line")}")',
                "label": f'function("{function}").label("L{point["number"]}")',
            }[point["kind"]]
            body = "".join(f'if (@defined({path})) {before}printf(" {i}=%d", {path})'
                           f'{behind}\n\t'
                           for i, path in enumerate(point["asked"]))
            lines.append(f'probe process(@1).{where}? {{\n\tprintf("{point["number"]} %x", uaddr())\n\t'
                         f'{body}println()\n}}')
        return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    program = Program(int(sys.argv[1]))
    for name, text in (("truth.c", "\n".join(program.truth) + "\n"),
                       ("subject.c", "\n".join(program.subject) + "\n"),
                       ("ask.stp", program.script())):
        with open(f"{sys.argv[2]}/{name}", "w", encoding="ascii") as out:
            out.write(text)
