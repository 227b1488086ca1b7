"""Which answers look alike. This finds answers to look at; it proves nothing and takes no points.

Answers are compared after everything that is quick to change has been taken out: comments, layout, docstrings,
annotations, imports, and the names of functions, parameters and local variables. Constants stay. Two answers are
*identical* if the rest is the same, and *near copies* if at least 80 % of its runs of five tokens are (Jaccard index).

What it cannot tell: who wrote an answer first; whether two people worked together, were shown the same example or found
the same short way by themselves; what was copied and then rewritten; and what a machine or another person wrote.
"""

import ast
import math
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

SHORT = 40  # tokens; below this, different people write the same
LONGEST = 20_000  # characters; nobody writes more for one exercise, and the parser's stack is finite
SHINGLE = 5  # tokens
ALIKE = 0.8
COMMON = 0.2  # of the class: an answer that so many wrote is the obvious way


class Kind(StrEnum):
    """Why answers are listed together."""

    IDENTICAL = "identical"
    NEAR_COPY = "near copy"
    PUBLISHED = "equals the published solution"
    COMMON = "the same in much of the class"


@dataclass(frozen=True)
class Handed:
    """One answer. is_correct: identical mistakes tell more than identical right answers."""

    student: str
    exercise: str
    source: str
    is_correct: bool = False


@dataclass(frozen=True)
class Published:
    """Sources that everybody has: where the learner starts, and the solution."""

    start: str = ""
    solution: str = ""


@dataclass(frozen=True)
class Group:
    """Answers that look alike.

    likeness: 1 if they are identical, else that of the least alike neighbors. tokens: of the longest. wrong: how many.
    """

    exercise: str
    kind: Kind
    students: tuple[str, ...]
    likeness: float
    tokens: int
    wrong: int


@dataclass(frozen=True)
class Similarity:
    """What was found. The counts say what was not compared, by exercise."""

    groups: tuple[Group, ...] = ()
    compared: int = 0
    short: int = 0
    unread: int = 0

    @property
    def limits(self) -> str:
        """What the report cannot tell, to be read with it."""
        return (
            "A likeness is a reason to look and to ask, not a proof. It cannot tell who wrote first, whether people "
            "worked together, had the same example or found the same way by themselves, and it misses what was "
            f"rewritten. {self.compared} answers were compared; {self.short} are too short to say anything (under "
            f"{SHORT} tokens) or still the given start; {self.unread} could not be read as Python."
        )


def find_similar(answers: Iterable[Handed], published: Callable[[str], Published]) -> Similarity:
    """Compare the answers to each exercise with one another, and with what is published.

    Memory and time grow with the number of different answers, not with the pairs of them: only answers that share one
    of their rarest runs of tokens are compared at all, which misses none (prefix filtering: Chaudhuri et al. 2006,
    Bayardo et al. 2007).
    """
    by_exercise: dict[str, list[Handed]] = defaultdict(list)
    for answer in answers:
        by_exercise[answer.exercise].append(answer)
    groups: list[Group] = []
    compared = short = unread = 0
    for exercise, given in by_exercise.items():
        known = published(exercise)
        start, solution = normalized(known.start), normalized(known.solution)
        forms: dict[str, list[Handed]] = defaultdict(list)
        for answer in given:
            form = normalized(answer.source)
            if form is None:
                unread += 1
            elif form == start or (form not in forms and len(tokens(form)) < SHORT):
                short += 1
            else:
                compared += 1
                forms[form].append(answer)
        groups += _groups(exercise, forms, solution)
    return Similarity(tuple(groups), compared, short, unread)


def _groups(exercise: str, forms: dict[str, list[Handed]], solution: str | None) -> Iterator[Group]:
    total = sum(map(len, forms.values()))

    def group(kind: Kind, members: Iterable[str], likeness: float) -> Group:
        members = list(members)
        answers = [answer for form in members for answer in forms[form]]
        return Group(
            exercise,
            kind,
            tuple(sorted(answer.student for answer in answers)),
            likeness,
            max(len(tokens(form)) for form in members),
            sum(not answer.is_correct for answer in answers),
        )

    own = []
    for form, answers in forms.items():
        if form == solution:
            yield group(Kind.PUBLISHED, [form], 1.0)
        elif len(answers) >= max(5, COMMON * total):
            yield group(Kind.COMMON, [form], 1.0)
        else:
            own.append(form)
            if len({answer.student for answer in answers}) > 1:
                yield group(Kind.IDENTICAL, [form], 1.0)
    for members, likeness in _clusters([(form, shingles(form)) for form in own]):
        if len({answer.student for form in members for answer in forms[form]}) > 1:
            yield group(Kind.NEAR_COPY, members, likeness)


def _clusters(sets: list[tuple[str, frozenset[int]]]) -> list[tuple[list[str], float]]:
    """Forms that hang together by pairs of at least `ALIKE`, with the smallest likeness of such a pair."""
    rarity = Counter(shingle for _, own in sets for shingle in own)
    sets = sorted(sets, key=lambda pair: len(pair[1]))
    index: dict[int, list[int]] = defaultdict(list)
    root, least = list(range(len(sets))), [1.0] * len(sets)

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, (_, own) in enumerate(sets):
        in_order = sorted(own, key=lambda shingle: (rarity[shingle], shingle))
        prefix = in_order[: len(own) - math.ceil(ALIKE * len(own)) + 1]
        candidates = {j for shingle in prefix for j in index[shingle]}
        for j in sorted(candidates):
            other = sets[j][1]
            if len(other) < ALIKE * len(own):
                continue
            shared = len(own & other)
            likeness = shared / (len(own) + len(other) - shared)
            if likeness >= ALIKE:
                a, b = top(i), top(j)
                root[a] = b
                least[b] = min(least[a], least[b], likeness)
        for shingle in prefix:
            index[shingle].append(i)
    members: dict[int, list[str]] = defaultdict(list)
    for i, (form, _) in enumerate(sets):
        members[top(i)].append(form)
    return [(forms, least[i]) for i, forms in members.items() if len(forms) > 1]


# Normal form --------------------------------------------------------------------------------------------------------


def normalized(source: str) -> str | None:
    """The source without what is quick to change; None if it is not Python, or far too long."""
    if len(source) > LONGEST:
        return None
    try:
        tree = ast.parse(source)
        _rename(_stripped(tree))
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def tokens(form: str) -> list[str]:
    """The tokens of a normal form; all own names are one, so that a new variable does not change those after it."""
    return ["own" if word.startswith(_OWN) else word for word in _TOKEN.findall(form)]


def shingles(form: str) -> frozenset[int]:
    """Hashes of all runs of `SHINGLE` tokens."""
    words = tokens(form)
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(max(1, len(words) - SHINGLE + 1)))


_OWN = "own_"
# Enough for what `ast.unparse` writes, and five times as fast as `tokenize`.
_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d[\w.]*|\w+|[^\w\s]""", re.DOTALL)


_FIELDS: dict[type[ast.AST], str] = {  # where a node holds a name that the source may have chosen itself
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.ExceptHandler: "name",
    ast.arg: "arg",
    ast.Name: "id",
}


def _stripped(tree: ast.AST) -> list[ast.AST]:
    """Take out imports, docstrings, lone constants, annotations and the decorator that hands in; all nodes left."""
    nodes, waiting = [], deque([tree])
    while waiting:
        node = waiting.popleft()
        for field in ("body", "orelse", "finalbody"):
            if isinstance(statements := getattr(node, field, None), list):
                kept = [new for old in statements if (new := _statement(old)) is not None]
                setattr(node, field, kept or ([ast.Pass()] if field == "body" else []))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.decorator_list = [decorator for decorator in node.decorator_list if not _hands_in(decorator)]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        nodes.append(node)
        waiting.extend(ast.iter_child_nodes(node))
    return nodes


def _statement(node: ast.stmt) -> ast.stmt | None:
    """What is left of a statement, None if nothing is."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return None
    if isinstance(node, ast.AnnAssign):
        return ast.fix_missing_locations(ast.Assign([node.target], node.value, lineno=1)) if node.value else None
    return node


def _hands_in(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "exercise"


def _rename(nodes: list[ast.AST]) -> None:
    """Call every name that the source itself chose `own_0`, `own_1` …; NumPy's, Keras's and Python's names stay."""
    own: dict[str, str] = {}
    named = [(node, field) for node in nodes if (field := _FIELDS.get(type(node)))]
    for node, field in named:
        name = getattr(node, field)
        if name and not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            own.setdefault(name, f"{_OWN}{len(own)}")
    for node, field in named:
        if (name := getattr(node, field)) in own:
            setattr(node, field, own[name])
