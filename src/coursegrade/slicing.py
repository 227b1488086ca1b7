"""From a notebook, for each exercise, only the statements that its answer needs."""

import ast
import textwrap
import warnings
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass

from coursegrade.flags import facts
from coursegrade.handing_in import Finder, HandIn, ids_written_in
from coursegrade.names import BUILTINS, is_setting
from coursegrade.statements import Broken, Code, Statement, positions, statements
from coursegrade.submission import Submission
from coursekit.checks.texts import say

_BUDGET = 2_000_000  # steps of the analysis: some seconds; real notebooks take thousands
_ADDED = {
    "ck": "import coursekit as ck",
    "coursekit": "import coursekit",
    "display": "from IPython.display import display",
    "get_ipython": "from IPython import get_ipython",
    "__name__": '__name__ = "__main__"',
}
_IMPLICIT = {"__doc__", "__spec__", "__loader__", "__package__", "__class__"}


@dataclass(frozen=True)
class Slice:
    """What is needed to make one answer.

    source: the program, to be run from top to bottom in an empty namespace; "" if there is a problem.
    answer: the learner's own code of the answer alone. cell: where it is handed in.
    missing: names that the answer or its helpers mention and nothing before defines; whether they matter shows when
    the program runs. later: such names with the later cell that defines them.
    problem: why the answer cannot be run, or "". notes: what else the learner should know.
    """

    exercise: str
    source: str
    answer: str
    cell: int
    missing: tuple[str, ...] = ()
    later: tuple[tuple[str, int], ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()


def slices(submission: Submission) -> dict[str, Slice]:
    """A slice for every exercise that the submission hands in, in the order of its last handing-in. Never raises."""
    code = statements(submission.cells)
    found: dict[str, Slice] = {}
    try:
        notebook = _Notebook(code)
    except _TooEntangled:
        problem = say("The notebook's definitions are too entangled to be followed.")
        ids = {id: cell for cell in submission.cells if cell.kind == "code" for id in ids_written_in(cell.source)}
        return {id: Slice(id, "", cell.source, cell.number, problem=problem) for id, cell in ids.items()}
    for exercise, places in notebook.handed_in.items():
        found[exercise] = notebook.slice(exercise, places)
    for broken in code.broken:
        for exercise in sorted(ids_written_in(broken.source)):
            if exercise not in notebook.handed_in:
                found[exercise] = Slice(exercise, "", broken.source, broken.cell, problem=broken.problem)
    for cell in submission.cells:
        if cell.kind == "code":
            continue
        for exercise in sorted(ids_written_in(cell.source)):
            if exercise not in found:
                problem = say(
                    "it stands in cell {cell} only, which is a {kind} cell: turn it into a code cell",
                    cell=cell.number,
                    kind=cell.kind,
                )
                found[exercise] = Slice(exercise, "", cell.source, cell.number, problem=problem)
    return found


def source_flags(sliced: Slice) -> tuple[str, ...]:
    """What a teacher may want to look at: "reads the course's solutions: coursekit.checks.bank in line 3".

    Lines are those of the slice's source. The facts accuse nobody; what is well hidden is not found.
    """
    return facts(sliced.source)


class _TooEntangled(Exception):
    pass


class _Notebook:
    """All statements in order, and for each name what happens to it where."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.statements = code.statements
        self.steps = 0
        self.handed_in: dict[str, list[tuple[int, HandIn]]] = defaultdict(list)
        self.events: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.alike: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.stars = [place for place, s in enumerate(self.statements) if s.names.star]
        self.futures = [place for place, s in enumerate(self.statements) if _is_future(s.node)]
        self._functions: dict[str, int] = {}  # name → place of its latest definition
        self._imported: set[str] = set()
        self._answers: set[str] = set()
        finder = Finder(self.statements)
        self.course = finder.modules
        for place, statement in enumerate(self.statements):
            handed = finder.hand_ins(statement)
            for one in {h.exercise: h for h in handed}.values():
                self.handed_in[one.exercise].append((place, one))
            self._note(place, statement)
            self._answers |= {h.node.name for h in handed if isinstance(h.node, ast.FunctionDef | ast.ClassDef)}

    def _count(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > _BUDGET:
            raise _TooEntangled

    def _note(self, place: int, statement: Statement) -> None:
        names = statement.names
        binds, changes = set(names.binds), set(names.changes)
        called_binds, called_changes = self._effects_of_calls(statement)
        changes |= {name for function, name in names.passed if self._changes_arguments(function)}
        changes |= {
            n for n, method in names.methods if n not in self.course and (n not in self._imported or is_setting(method))
        }
        for name in changes | called_changes:
            self.events[name].append((place, "changes"))
        for name in binds | called_binds:
            self.events[name].append((place, "binds" if name in names.sure else "may bind"))
        for name in names.deletes - names.binds:
            self.events[name].append((place, "deletes" if isinstance(statement.node, ast.Delete) else "changes"))
        for old, new in names.alike:
            self.alike[old].append((place, new))
            self.alike[new].append((place, old))
        self._imported = self._imported | binds if names.imports else self._imported - binds
        for name in binds:
            self._functions[name] = place
        self._count(1 + len(binds) + len(changes))

    def _changes_arguments(self, function: str) -> bool:
        """Calling the answer, or the course, on something is to try it out."""
        return function not in self._answers and function not in self.course

    def _effects_of_calls(self, statement: Statement) -> tuple[set[str], set[str]]:
        """What the notebook's own functions do to its names when this statement calls them."""
        binds: set[str] = set()
        changes: set[str] = set()
        seen: set[int] = set()
        waiting = list(statement.names.calls)
        while waiting:
            place = self._functions.get(waiting.pop())
            if place is None or place in seen:
                continue
            seen.add(place)
            called = self.statements[place].names
            self._count(1 + len(called.late_calls))
            binds |= called.late_binds
            changes |= called.late_changes - called.binds
            waiting += called.late_calls
        if isinstance(statement.node, ast.Assert) or _only_shows(statement.node):
            return set(), set()
        return binds, changes

    # One answer -----------------------------------------------------------------------------------------------------

    def slice(self, exercise: str, places: list[tuple[int, HandIn]]) -> Slice:
        """The slice of the last handing-in of an exercise."""
        place, handed = places[-1]
        statement = self.statements[place]
        try:
            search = _Search(self, place, handed)
        except _TooEntangled:
            problem = say("The notebook's definitions are too entangled to be followed.")
            return Slice(exercise, "", self._answer(place, handed), statement.cell, problem=problem)
        header = [text for name, text in _ADDED.items() if name in search.unknown]
        missing = [name for name in sorted(search.unknown) if name not in _ADDED and name not in _IMPLICIT]
        later = {name: cell for name in missing if (cell := self._later_cell(name, place))}
        missing = [] if any(star < place for star in self.stars) else [name for name in missing if name not in later]
        futures = [self.statements[p].text for p in self.futures if p < place]
        body = [self.statements[p].text for p in sorted(search.kept) if p not in self.futures]
        source = "\n".join([*futures, *header, *body]) + "\n"
        notes = self._notes(exercise, [(self.statements[p].cell) for p, _ in places], search.kept)
        if search.unknown & {"ck", "coursekit"}:
            notes.append(say("`import coursekit as ck` was missing; it was added."))
        notes += self._unused({*missing, *later}, statement.cell)
        answer = self._answer(place, handed)
        problem = _problem_of(source, statement.cell)
        return Slice(
            exercise,
            "" if problem else source,
            answer,
            statement.cell,
            tuple(missing),
            tuple(later.items()),
            problem,
            tuple(notes),
        )

    def _later_cell(self, name: str, place: int) -> int:
        here = self.statements[place].block
        for p, kind in self.events.get(name, ()):
            if "bind" in kind and self.statements[p].block > here:
                return self.statements[p].cell
        return 0

    def _notes(self, exercise: str, cells: list[int], kept: set[int]) -> list[str]:
        notes = []
        if len(cells) > 1:
            listed = ", ".join(map(str, dict.fromkeys(cells)))
            notes.append(
                say(
                    "{id} is handed in {count} times, in cells {cells}; the last one counts.",
                    id=exercise,
                    count=len(cells),
                    cells=listed,
                )
                if len(set(cells)) > 1
                else say(
                    "{id} is handed in {count} times in cell {cells}; the last one counts.",
                    id=exercise,
                    count=len(cells),
                    cells=listed,
                )
            )
        used = {self.statements[p].cell for p in kept}
        notes += [note for numbers, note in self.code.joined if used & set(numbers)]
        for broken in self._broken_with({exercise}):
            notes.append(
                say("{id} also stands in a cell that cannot be run: {problem}.", id=exercise, problem=broken.problem)
            )
        return notes

    def _broken_with(self, ids: set[str]) -> list[Broken]:
        return [broken for broken in self.code.broken if ids & ids_written_in(broken.source)]

    def _unused(self, names: set[str], cell: int) -> list[str]:
        """Which unreadable cells before this one may hold the names that are missing."""
        return [
            say("This may be the reason: {problem}.", problem=broken.problem)
            for broken in self.code.broken
            if broken.cell < cell and any(name in broken.source for name in names)
        ]

    def _answer(self, place: int, handed: HandIn) -> str:
        statement = self.statements[place]
        node = handed.node
        inside = _text_of(statement, node)
        if not inside:  # it stands in a function that this statement calls
            return f"{_around(self.statements[:place], node)}\n{statement.text}"
        if handed.is_value or not isinstance(node, ast.Call):
            return inside
        names = [a.id for a in node.args if isinstance(a, ast.Name)]
        texts = [
            self.statements[p].text
            for n in names
            for p, kind in self.events.get(n, ())[::-1]
            if p < place and "bind" in kind
        ]
        return "\n".join([*texts[:1], statement.text])


class _Search:
    """Goes from the handing-in back to everything that it needs."""

    def __init__(self, notebook: _Notebook, place: int, handed: HandIn) -> None:
        self.notebook = notebook
        self.kept: set[int] = {star for star in notebook.stars if star < place}
        self.unknown: set[str] = set()
        block = notebook.statements[place].block
        self.end = place + 1
        if not handed.is_value:  # it is called when the whole cell has run
            while self.end < len(notebook.statements) and notebook.statements[self.end].block == block:
                self.end += 1
        self._needs: set[tuple[str, int]] = set()
        self._visits: set[tuple[int, int]] = set()
        self._waiting: list[tuple[int, int]] = [(place, self.end), *((star, place) for star in self.kept)]
        while self._waiting:
            self._visit(*self._waiting.pop())

    def _visit(self, place: int, used: int) -> None:
        if (place, used) in self._visits:
            return
        self._visits.add((place, used))
        self.kept.add(place)
        statement = self.notebook.statements[place]
        names = statement.names
        for name in names.now:
            self._need(name, place)
        for name in names.late:
            if not isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._need(name, place, certain=False)  # a lambda may be called at once, as by `sorted`
            if used != self.end:
                self._need(name, used, certain=False)
            self._need(name, self.end)

    def _need(self, name: str, place: int, certain: bool = True) -> None:
        if (name, place) in self._needs:
            return
        self._needs.add((name, place))
        found, known = self._history(name, place)
        if not known and certain and name not in BUILTINS:
            self.unknown.add(name)
        if not known and name == "__name__":
            self.unknown.add(name)
        self._waiting += [(p, place) for p in found]

    def _history(self, name: str, place: int) -> tuple[list[int], bool]:
        """Where the object that `name` holds before `place` was made and changed, and whether it was made at all."""
        events = self.notebook.events.get(name, [])
        found: list[int] = []
        known = False
        for p, kind in reversed(events[: bisect_left(events, (place, ""))]):
            self.notebook._count()
            if kind == "deletes":
                break
            found.append(p)
            known = known or "bind" in kind
            if kind == "binds":
                break
        if not known:
            return [], False
        made = found[-1]
        for other, start in self._sharers(name, made, place):
            found += [p for p, _ in self._changes(other, max(start, made), place)]
        return found, True

    def _sharers(self, name: str, made: int, place: int) -> set[tuple[str, int]]:
        """Names that may hold, each from some place on, the object that `name` has held since `made`."""
        sharers: set[tuple[str, int]] = set()
        waiting = [(name, made)]
        while waiting:
            current, since = waiting.pop()
            for start, other in self.notebook.alike.get(current, ()):
                self.notebook._count()
                if since <= start < place and (other, start) not in sharers:
                    sharers.add((other, start))
                    waiting.append((other, self._bound_before(other, start)))
        return sharers

    def _bound_before(self, name: str, place: int) -> int:
        """Where the object that `name` held before `place` was bound to it."""
        events = self.notebook.events.get(name, [])
        for p, kind in reversed(events[: bisect_left(events, (place, ""))]):
            self.notebook._count()
            if kind == "binds":
                return p
        return 0

    def _changes(self, name: str, start: int, end: int) -> list[tuple[int, str]]:
        """What happens to the object of `name` between two places, until the name holds another one."""
        events = self.notebook.events.get(name, [])
        changes = []
        for p, kind in events[bisect_left(events, (start + 1, "")) :]:
            self.notebook._count()
            if p >= end or (kind in ("binds", "deletes") and (p, "changes") not in events):
                break
            if kind == "changes":
                changes.append((p, kind))
        return changes


def _only_shows(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in ("print", "display", "help")
    )


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _text_of(statement: Statement, wanted: ast.AST) -> str:
    """The text of a node inside a statement, or "" if it stands elsewhere."""
    if wanted is statement.node:
        return statement.text
    if all(node is not wanted for node in ast.walk(statement.node)):
        return ""
    module = ast.parse(statement.text)
    pairs = zip(ast.walk(statement.node), ast.walk(module.body[0]), strict=False)
    twin = next(again for node, again in pairs if node is wanted)
    start, end = positions(statement.text)(twin)
    line = statement.text.rfind("\n", 0, start) + 1
    indent = statement.text[line:start]
    return textwrap.dedent((indent if not indent.strip() else "") + statement.text[start:end])


def _around(statements: tuple[Statement, ...], wanted: ast.AST) -> str:
    """The text of the statement in which a node stands."""
    return next((s.text for s in reversed(statements) if any(node is wanted for node in ast.walk(s.node))), "")


def _problem_of(source: str, cell: int) -> str:
    """Why the program cannot be run as it is, or ""."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<answer>", "exec", dont_inherit=True)
        except SyntaxError as error:
            if "await" in str(error.msg) or "asynchronous" in str(error.msg):
                return say("cell {cell} needs `await` outside a function, which is not graded", cell=cell)
            return say("cell {cell} cannot be compiled: {reason}", cell=cell, reason=error.msg)
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return say("cell {cell} is nested too deeply to be read", cell=cell)
    return ""
