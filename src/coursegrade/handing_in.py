"""Where a notebook hands in answers: `@ck.exercise("a/b")`, `ck.answer("a/b", value)`, in every form people write."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from coursegrade.statements import Statement

_WRITTEN = re.compile(
    r"""^[^#\n]*\b(?:exercise|answer)\(\s*(?:id\s*=\s*)?["']([a-z0-9-]+/[a-z0-9-]+)["']""", re.MULTILINE
)
_HANDS_IN = {"exercise", "answer"}


@dataclass(frozen=True)
class HandIn:
    """An exercise id, the node by which it is handed in, and whether that is an `answer` (a value)."""

    exercise: str
    node: ast.AST
    is_value: bool


def ids_written_in(source: str) -> set[str]:
    """The ids handed in by text that need not be Python; comments do not count."""
    return set(_WRITTEN.findall(source))


class Finder:
    """Finds what each statement hands in, statement by statement in notebook order, and remembers names on the way."""

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self.modules = {"ck", "coursekit"}
        self._functions: dict[str, str] = {}  # name → "exercise" or "answer"
        self._texts: dict[str, str] = {}  # name → string
        self._decorators: dict[str, str] = {}  # name → id, of `hand = ck.exercise("a/b")`
        self._later: dict[str, list[HandIn]] = {}  # function → what it hands in when it is called
        for statement in statements:
            for node in _imports(statement.node):
                self._note_import(node)

    def _note_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import) and alias.name.split(".")[0] == "coursekit":
                self.modules.add(alias.asname or "coursekit")
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "coursekit":
                if alias.name == "*":
                    self._functions |= {name: name for name in _HANDS_IN}
                elif alias.name in _HANDS_IN:
                    self._functions[alias.asname or alias.name] = alias.name

    def hand_ins(self, statement: Statement) -> list[HandIn]:
        """What running the statement hands in."""
        walker = _Walker()
        walker.visit(statement.node)
        found = [handed for node in walker.now for handed in self._of(node)]
        later = [handed for node in walker.late for handed in self._of(node)]
        for name in statement.names.calls:
            found += self._later.get(name, [])
        for name in statement.names.binds:
            self._later[name] = later
        self._note_values(statement.node)
        return found

    def _of(self, node: ast.AST) -> Iterator[HandIn]:
        for decorator in getattr(node, "decorator_list", []):
            if exercise := self._decorator(decorator):
                yield HandIn(exercise, node, is_value=False)
        if isinstance(node, ast.Call):
            if exercise := self._decorator(node.func):
                yield HandIn(exercise, node, is_value=False)
            elif self._function(node.func) == "answer" and (exercise := self._id(node)):
                yield HandIn(exercise, node, is_value=True)

    def _decorator(self, node: ast.AST) -> str:
        """The id in `ck.exercise("a/b")`, or in a name that holds it."""
        if isinstance(node, ast.Name):
            return self._decorators.get(node.id, "")
        return self._id(node) if isinstance(node, ast.Call) and self._function(node.func) == "exercise" else ""

    def _function(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return self._functions.get(node.id, "")
        if isinstance(node, ast.Attribute) and node.attr in _HANDS_IN:
            start: ast.AST = node.value
            while isinstance(start, ast.Attribute):  # coursekit.checks.learner.answer
                start = start.value
            return node.attr if isinstance(start, ast.Name) and start.id in self.modules else ""
        return ""

    def _id(self, call: ast.Call) -> str:
        given = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "id"), None)
        return self._text(given) or ""

    def _text(self, node: ast.AST | None) -> str | None:
        """The string that an expression of literals and constant names makes, or None."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self._texts.get(node.id)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self._text(node.left), self._text(node.right)]
        elif isinstance(node, ast.JoinedStr):
            parts = [self._text(v.value if isinstance(v, ast.FormattedValue) else v) for v in node.values]
        else:
            return None
        texts = [part for part in parts if part is not None]
        joined = "".join(texts)
        return joined if len(texts) == len(parts) and len(joined) < 1_000 else None

    def _note_values(self, node: ast.stmt) -> None:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in [target.id for target in targets if isinstance(target, ast.Name)]:
            tables: tuple[tuple[dict[str, str], str | None], ...] = (
                (self._texts, self._text(node.value)),
                (self._functions, self._function(node.value)),
                (self._decorators, self._decorator(node.value)),
            )
            for table, value in tables:
                if value:
                    table[name] = value
                else:
                    table.pop(name, None)


@dataclass
class _Walker(ast.NodeVisitor):
    """Collects calls and definitions: those that run with the statement, and those in the bodies of functions."""

    now: list[ast.AST] = field(default_factory=list)
    late: list[ast.AST] = field(default_factory=list)
    depth: int = 0

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._function(node)
            return
        if isinstance(node, ast.Call | ast.ClassDef):
            (self.late if self.depth else self.now).append(node)
        self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        (self.late if self.depth else self.now).append(node)
        for outside in (*getattr(node, "decorator_list", []), node.args):
            self.visit(outside)
        self.depth += 1
        for inside in node.body if isinstance(node.body, list) else [node.body]:
            self.visit(inside)
        self.depth -= 1


def _imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Import | ast.ImportFrom):
            yield current
        elif isinstance(current, ast.stmt | ast.ExceptHandler | ast.match_case):
            waiting += ast.iter_child_nodes(current)
