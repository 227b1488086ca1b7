"""Which names a statement reads, binds and changes, by Python's rules of scope, seen without running anything."""

import ast
import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

BUILTINS = frozenset(dir(builtins)) | {"__file__", "__annotations__"}

_CHANGING_BUILTINS = {"setattr", "delattr", "next", "exec", "eval"}
_SHOWING = {"display", "print", "help"}
_DRAWN_ON = {"plt", "ax", "axs", "axes", "fig", "figure", "sns", "px", "pylab"}
_LOOKING_METHODS = re.compile(
    r"(assert|show|plot|draw|print|display)|"
    r"(summary|head|tail|sample|describe|info|hist|imshow|predict|evaluate|get_weights|get_config|count_params|mean|sum|"
    r"min|max|std|var|numpy|tolist|copy|astype|reshape|keys|values|items|join|format|value_counts|isnull|isna|save|"
    r"savefig|to_csv|to_numpy|any|all|argmax|argmin|round|nunique|unique|index|count|startswith|endswith|split)$"
)
_CHANGING_METHODS = re.compile(
    r"(fit|partial_fit|fit_transform|train_on_batch|adapt|pop|popitem|popleft|setdefault|set_weights)$"
)
_SETTINGS_OF_A_MODULE = re.compile(
    r"set|seed$|random_seed$|append$|insert$|extend$|filterwarnings$|simplefilter$|enable|disable|clear|reset|update$|"
    r"run_functions_eagerly$|reload$|use$|register|manual_seed$"
)

Scoped = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass
class Names:
    """What one statement does with names of the notebook.

    now: read while it runs, unless it has bound them itself. late: read in the bodies of its functions, when called.
    binds: may be bound; `sure` of them: are bound in any case. deletes: no longer there.
    changes: names whose object it may change. passed: (function, name), changed if that function does so.
    methods: (name, method) of bare calls, a change unless the name is a module or the method only looks.
    calls: functions called. alike: (name, new name) that may now share an object.
    Those that begin with `late_` hold what its functions do when they are called.
    """

    now: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    sure: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    passed: set[tuple[str, str]] = field(default_factory=set)
    methods: set[tuple[str, str]] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    alike: set[tuple[str, str]] = field(default_factory=set)
    late_binds: set[str] = field(default_factory=set)
    late_changes: set[str] = field(default_factory=set)
    late_calls: set[str] = field(default_factory=set)
    imports: bool = False
    star: bool = False


def names_of(statement: ast.stmt) -> Names:
    """The names of a statement at the top level of a cell. Raises RecursionError if it is nested too deeply."""
    walker = _Walker()
    walker.visit(statement)
    walker.names.sure = walker.frames[0].bound & walker.names.binds
    walker.names.imports = isinstance(statement, ast.Import | ast.ImportFrom)
    return walker.names


def is_setting(method: str) -> bool:
    """Whether a module's function of this name changes how the module works, such as `np.random.seed`."""
    return _SETTINGS_OF_A_MODULE.match(method) is not None


def root(node: ast.AST) -> str | None:
    """The name at the start of `name.attribute[index].method(…)`, or None."""
    while True:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Await):
            node = node.value
        else:
            return None


def _handed_over(nodes: Iterable[ast.AST]) -> set[str]:
    """Names whose objects are handed over as they are, alone or within a list."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Starred):
            found.add(root(node))
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            found |= _handed_over(node.elts)
        elif isinstance(node, ast.Dict):
            found |= _handed_over(node.values)
    return {name for name in found if name is not None}


def _locals(body: list[ast.AST]) -> tuple[set[str], set[str], set[str]]:
    """What the code of one function binds, declares global, and declares nonlocal; not what functions inside bind."""
    bound, global_, nonlocal_ = set(), set(), set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global):
            global_ |= set(node.names)
        elif isinstance(node, ast.Nonlocal):
            nonlocal_ |= set(node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {_bound_by(alias) for alias in node.names}
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
            waiting += node.decorator_list
            if not isinstance(node, ast.ClassDef):
                waiting += [default for default in (*node.args.defaults, *node.args.kw_defaults) if default]
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            bound |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return bound, global_, nonlocal_


def _bound_by(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _is_main(test: ast.expr) -> bool:
    """Whether a condition is `__name__ == "__main__"`, which holds in every notebook."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, *test.comparators]
    return len(sides) == 2 and {
        getattr(s, "id", getattr(s, "value", None)) for s in sides if isinstance(s, ast.Name | ast.Constant)
    } == {"__name__", "__main__"}


@dataclass
class _Frame:
    kind: str  # "module", "class", "function" or "comprehension"
    bound: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)  # declared global


class _Walker(ast.NodeVisitor):
    """Walks in the order in which Python evaluates, with the scopes around the current node as `frames`."""

    def __init__(self) -> None:
        self.names = Names()
        self.frames = [_Frame("module")]

    # Names ----------------------------------------------------------------------------------------------------------

    def _is_outer(self, name: str) -> bool:
        """Whether a name that is read here is one of the notebook's own."""
        for frame in reversed(self.frames[1:]):
            if frame.kind == "class" and frame is not self.frames[-1]:
                continue
            if name in frame.elsewhere:
                return True
            if name in frame.bound:
                return False
        return True

    @property
    def _is_late(self) -> bool:
        return any(frame.kind == "function" for frame in self.frames)

    def _read(self, name: str) -> None:
        if not self._is_outer(name):
            return
        if self._is_late:
            self.names.late.add(name)
        elif name not in self.frames[0].bound:
            self.names.now.add(name)

    def _bind(self, name: str, frame: _Frame | None = None) -> None:
        frame = frame or self.frames[-1]
        if frame.kind == "module" or name in frame.elsewhere:
            if self._is_late:
                self.names.late_binds.add(name)
                return
            self.frames[0].bound.add(name)
            self.names.binds.add(name)
        if frame.kind in ("class", "comprehension") and name not in frame.elsewhere:
            frame.bound.add(name)

    def _change(self, name: str | None) -> None:
        if name is not None and self._is_outer(name):
            (self.names.late_changes if self._is_late else self.names.changes).add(name)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self._bind(node.id)
        else:
            self._read(node.id)
            frame = self.frames[-1]
            if frame.kind in ("module", "class"):
                frame.bound.discard(node.id)
            if frame.kind == "module":
                self.names.deletes.add(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target.id, next(frame for frame in reversed(self.frames) if frame.kind != "comprehension"))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._visit_part(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._visit_part(node)

    def _visit_part(self, node: ast.Attribute | ast.Subscript) -> None:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            self._change(root(node))

    # Calls ----------------------------------------------------------------------------------------------------------

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call):
            self._bare_call(call)
        self.visit(node.value)

    def _bare_call(self, call: ast.Call) -> None:
        """A call whose result nobody takes was made for what it changes, or to show something."""
        handed = {
            name for name in _handed_over([*call.args, *(k.value for k in call.keywords)]) if self._is_outer(name)
        }
        if isinstance(call.func, ast.Name):
            function = call.func.id
            if function in _SHOWING or (function in BUILTINS and function not in _CHANGING_BUILTINS):
                return
            if self._is_late:
                self.names.late_changes |= handed
            else:
                self.names.passed |= {(function, name) for name in handed}
        elif isinstance(call.func, ast.Attribute):
            owner = root(call.func)
            if owner in _DRAWN_ON or _LOOKING_METHODS.match(call.func.attr):
                return
            for name in handed:
                self._pass_to(owner, name)
            if owner is not None and self._is_outer(owner):
                if self._is_late:
                    self.names.late_changes.add(owner)
                else:
                    self.names.methods.add((owner, call.func.attr))

    def _pass_to(self, owner: str | None, name: str) -> None:
        if self._is_late:
            self.names.late_changes.add(name)
        else:
            self.names.passed.add((owner or "", name))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and self._is_outer(node.func.id):
            (self.names.late_calls if self._is_late else self.names.calls).add(node.func.id)
            if node.func.id == "next" and node.args:
                self._change(root(node.args[0]))
        if isinstance(node.func, ast.Attribute) and _CHANGING_METHODS.match(node.func.attr):
            self._change(root(node.func))
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        kept = set(self.names.changes), set(self.names.calls)
        self.generic_visit(node)
        self.names.changes, self.names.calls = kept

    # Simple statements ----------------------------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)
            self._share(node.value, target)

    def _share(self, value: ast.AST, target: ast.AST) -> None:
        """After `target = value` the names of both sides may hold the same object."""
        if not self._is_late:
            targets = {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            self.names.alike |= {(name, new) for name in _handed_over([value]) for new in targets}

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
            self._change(node.target.id)  # a list in another name changes with it
            self._share(node.target, node.target)
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if not self._is_late:
            self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._bind(_bound_by(alias))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.names.star = True
            else:
                self._bind(_bound_by(alias))

    # Scopes ---------------------------------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        with_types = self._open_types(node)
        arguments = node.args
        for annotated in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self._visit_all(annotated.annotation)
        self._visit_all(
            arguments.vararg and arguments.vararg.annotation, arguments.kwarg and arguments.kwarg.annotation
        )
        self._visit_all(node.returns)
        self._function(node, list(node.body))
        if with_types:
            self.frames.pop()
        self._bind(node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def _function(self, node: Scoped, body: list[ast.AST]) -> None:
        arguments = node.args
        self._visit_all(*arguments.defaults, *arguments.kw_defaults)
        bound, global_, nonlocal_ = _locals(body)
        plain = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        bound |= {argument.arg for argument in plain if argument is not None}
        bound |= {"__class__"} if any(frame.kind == "class" for frame in self.frames) else set()
        self.frames.append(_Frame("function", bound - global_ - nonlocal_, global_))
        self._visit_all(*body)
        self.frames.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(*node.decorator_list)
        with_types = self._open_types(node)
        self._visit_all(*node.bases, *node.keywords)
        _, global_, _ = _locals(list(node.body))
        self.frames.append(_Frame("class", {"__module__", "__qualname__"}, global_))
        self._visit_all(*node.body)
        self.frames.pop()
        if with_types:
            self.frames.pop()
        self._bind(node.name)

    def _open_types(self, node: ast.AST) -> bool:
        """The scope of the type parameters in `def f[T](…)`, which Python has from 3.12 on."""
        parameters = getattr(node, "type_params", [])
        if parameters:
            self.frames.append(_Frame("comprehension", {parameter.name for parameter in parameters}))
            for parameter in parameters:
                self._visit_all(getattr(parameter, "bound", None), getattr(parameter, "default_value", None))
        return bool(parameters)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """`type X[T] = …`, from Python 3.12 on; its right side is evaluated when it is asked for."""
        with_types = self._open_types(node)
        self.frames.append(_Frame("function"))
        self._visit_all(node.value)  # type: ignore[attr-defined]
        self.frames.pop()
        if with_types:
            self.frames.pop()
        self._bind(node.name.id)  # type: ignore[attr-defined]

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, node.key, node.value)

    def _comprehension(self, generators: list[ast.comprehension], *results: ast.expr) -> None:
        self.visit(generators[0].iter)
        self.frames.append(_Frame("comprehension"))
        for place, generator in enumerate(generators):
            if place:
                self.visit(generator.iter)
            self.visit(generator.target)
            self._visit_all(*generator.ifs)
        self._visit_all(*results)
        self.frames.pop()

    # Statements that hold statements --------------------------------------------------------------------------------

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _branches(self, *bodies: Iterable[ast.AST]) -> None:
        """One of `bodies` runs: bound in any case is what all of them bind that go on."""
        frame = self.frames[-1]
        start, ends = set(frame.bound), []
        for body in bodies:
            frame.bound = set(start)
            nodes = list(body)
            self._visit_all(*nodes)
            if not (nodes and isinstance(nodes[-1], ast.Raise | ast.Continue | ast.Break | ast.Return)):
                ends.append(frame.bound)
        frame.bound = set.intersection(*ends) if ends else start

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        if _is_main(node.test):
            self._branches(node.body)
        else:
            self._branches(node.body, node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self._branches([node.body], [node.orelse])

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self._branches(node.values[1:], [])

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._branches(node.body, node.orelse)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._share(node.iter, node.target)
        targets = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        before = (self.names.changes, self.names.methods, self.names.passed)
        self.names.changes, self.names.methods, self.names.passed = set(), set(), set()
        self._branches([node.target, *node.body], node.orelse)
        new = (self.names.changes, self.names.methods, self.names.passed)
        touched = new[0] | {name for name, _ in new[1]} | {name for _, name in new[2]}
        if targets & touched:  # whoever changes the items changes what they were taken from
            for name in {n.id for n in ast.walk(node.iter) if isinstance(n, ast.Name)} - BUILTINS:
                self._change(name)
        self.names.changes |= before[0]
        self.names.methods |= before[1]
        self.names.passed |= before[2]

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.visit_For(node)

    def visit_Try(self, node: ast.Try) -> None:
        self._try(node.body, node.orelse, node.handlers, node.finalbody)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        self._try(node.body, node.orelse, node.handlers, node.finalbody)

    def _try(
        self,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        handlers: list[ast.ExceptHandler],
        finalbody: list[ast.stmt],
    ) -> None:
        frame = self.frames[-1]
        start, ends = set(frame.bound), []
        self._visit_all(*body, *orelse)
        ends.append(frame.bound)
        for handler in handlers:
            frame.bound = set(start)
            self._visit_all(handler.type)
            inside = handler.name is not None and handler.name not in frame.bound and frame.kind != "function"
            if inside and handler.name is not None:  # bound in the handler alone: Python deletes it afterwards
                frame.bound.add(handler.name)
            self._visit_all(*handler.body)
            if inside:
                frame.bound.discard(handler.name or "")
            if not isinstance(handler.body[-1], ast.Raise):
                ends.append(frame.bound)
        frame.bound = set.intersection(*ends)
        self._visit_all(*finalbody)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        last = node.cases[-1]
        complete = last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        bodies = [[case.pattern, *([case.guard] if case.guard else []), *case.body] for case in node.cases]
        self._branches(*bodies, *([] if complete else [[]]))

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._pattern(node, node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._pattern(node, node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._pattern(node, node.rest)

    def _pattern(self, node: ast.AST, name: str | None) -> None:
        self.generic_visit(node)
        if name is not None:
            self._bind(name)
