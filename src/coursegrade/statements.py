"""The code cells of a submission as statements that Python can run, without what only IPython understands."""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from coursegrade.names import Names, names_of
from coursegrade.submission import Cell, conflict_line
from coursekit.checks.texts import say

LONGEST = 500_000  # characters of a cell
_KEPT_MAGICS = ("time", "timeit", "capture")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\n]*(\n|$)")
_LINE_MAGIC = re.compile(r"^\s*[%!?/,;]|\?\s*$|=\s*[%!]|^\s*(>>>|In \[)", re.MULTILINE)
_INDENTED = re.compile(r"(\s*(#[^\n]*)?\n)*[ \t]+[^\s#]")
_FOLLOWERS = 3


@dataclass(frozen=True)
class Statement:
    """One statement at the top level of a cell.

    text: as written. block: which cells were read as one; the same for all statements of a cell.
    """

    text: str
    cell: int
    block: int
    node: ast.stmt
    names: Names


@dataclass(frozen=True)
class Broken:
    """A cell none of whose code can be used, and why."""

    cell: int
    source: str
    problem: str


@dataclass(frozen=True)
class Code:
    """All code of a submission, in its order. joined: (cells, note) where split cells were put together."""

    statements: tuple[Statement, ...]
    broken: tuple[Broken, ...]
    joined: tuple[tuple[tuple[int, ...], str], ...]


class _Unusable(Exception):
    pass


def statements(cells: tuple[Cell, ...]) -> Code:
    """The statements of all code cells, and the cells that hold none because they cannot be read."""
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    found: list[Statement] = []
    broken: list[Broken] = []
    joined: list[tuple[tuple[int, ...], str]] = []
    place = 0
    while place < len(code):
        count, parsed = _parsed_with_followers(code, place)
        used = code[place : place + count]
        if isinstance(parsed, str):
            broken.append(Broken(used[0].number, used[0].source, parsed))
        else:
            found += _statements(used, parsed, place)
        if count > 1:
            numbers = tuple(cell.number for cell in used)
            listed = ", ".join(map(str, numbers))
            joined.append((numbers, say("Cells {numbers} were split in the middle; they were joined.", numbers=listed)))
        place += count
    return Code(tuple(found), tuple(broken), tuple(joined))


def _parsed_with_followers(code: list[Cell], place: int) -> "tuple[int, _Parsed | str]":
    """What a cell holds, or why nothing; where it was split, together with the cells that belong to it."""
    first = code[place]
    try:
        alone: _Parsed | str = _parse(first.source)
    except _Unusable as error:
        alone = str(error).format(cell=first.number)
    followers = code[place + 1 : place + 1 + _FOLLOWERS]
    if first.source.lstrip().startswith("%%"):
        return 1, alone
    for count in range(len(followers)):
        continues = _INDENTED.match(followers[count].source) is not None
        if not continues and not isinstance(alone, str):
            break
        further = followers[count + 1 : count + 2]
        if further and count + 1 < _FOLLOWERS and _INDENTED.match(further[0].source):
            continue
        try:
            return count + 2, _parse("\n".join(cell.source for cell in (first, *followers[: count + 1])))
        except _Unusable:
            continue
    return 1, alone


# One piece of source ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parsed:
    text: str
    tree: ast.Module
    names: tuple[Names, ...]


def _parse(source: str) -> _Parsed:
    """Source as Python. Raises _Unusable with a text that still lacks the number of its {cell}."""
    if len(source) > LONGEST:
        raise _Unusable(
            say("cell {cell} has more than {count} characters of code", cell="{cell}", count=f"{LONGEST:,}")
        )
    if "\0" in source:
        raise _Unusable(say("cell {cell} holds a NUL character; delete and retype that line", cell="{cell}"))
    magic = _CELL_MAGIC.match(source)
    while magic:
        if magic[1] not in _KEPT_MAGICS:
            raise _Unusable(
                say("cell {cell} begins with %%{magic}, so it is not run as Python", cell="{cell}", magic=magic[1])
            )
        source = "\n" * magic[0].count("\n") + source[magic.end() :]
        magic = _CELL_MAGIC.match(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the learner's own warnings, such as that of "\d", are no errors here
        try:
            return _compiled(source)
        except SyntaxError as error:
            original = error
        except (RecursionError, MemoryError, OverflowError):
            raise _Unusable(say("cell {cell} is nested too deeply to be read", cell="{cell}")) from None
        except ValueError as error:
            raise _Unusable(_syntax_problem(str(error), 1)) from None
        try:
            return _compiled(_without_ipython_syntax(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            pass
    if line := conflict_line(source):
        raise _Unusable(
            say(
                "cell {cell} holds a leftover of a merge conflict in line {line}: keep one version, and delete the "
                "lines of <<<<<<<, ======= and >>>>>>>",
                cell="{cell}",
                line=line,
            )
        )
    raise _Unusable(_syntax_problem(original.msg, original.lineno or 1))


def _syntax_problem(message: str, line: int) -> str:
    plain = message.replace("{", "{{").replace("}", "}}")
    return say("cell {cell} has a syntax error in line {line}: {reason}", cell="{cell}", line=line, reason=plain)


def _compiled(source: str) -> _Parsed:
    tree = ast.parse(source)
    if cleaned := _without_ipython_calls(source, tree):
        source = cleaned
        tree = ast.parse(source)
    # Some errors, such as `return` outside a function, show only when Python compiles. IPython allows `await`.
    compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return _Parsed(source, tree, tuple(names_of(node) for node in tree.body))


def _without_ipython_syntax(source: str) -> str:
    """`%magic`, `!command`, `name?` and prompts in a form that Python can parse, made by IPython's own rules."""
    marks = len(_LINE_MAGIC.findall(source))
    if not marks or marks * len(source) > 3_000_000:  # IPython reads the whole cell anew for each
        return source.lstrip() if _INDENTED.match(source) else source
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except Exception:
        # Whatever IPython makes of hostile text, the cell's own syntax error is what its author has to hear.
        return source


def _without_ipython_calls(source: str, tree: ast.Module) -> str:
    """The source with `None` for what asks IPython for something, and the code itself for what was only timed."""
    if "get_ipython" not in source:
        return ""
    position = positions(source)
    spans = []
    bare = {id(node.value): node for node in tree.body if isinstance(node, ast.Expr)}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_ipython(node.func.value):
            spans.append((*position(node), _timed_code(node, id(node) in bare)))
        else:
            waiting += ast.iter_child_nodes(node)
    for start, end, text in sorted(spans, reverse=True):
        source = source[:start] + text + source[end:]
    return source if spans else ""


def _is_ipython(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _timed_code(call: ast.Call, is_bare: bool) -> str:
    given = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    asked = getattr(call.func, "attr", "")
    if is_bare and len(given) > 1 and given[0] in _KEPT_MAGICS and asked in ("run_line_magic", "run_cell_magic"):
        code = re.sub(r"^(-\w+ *\d* +)+", "", given[-1])  # %timeit has options
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return "None"
        return code.rstrip("\n") or "None"
    return "None"


def positions(source: str) -> Callable[[ast.AST], tuple[int, int]]:
    """A function that says where in `source` a node begins and ends; decorators belong to what they decorate."""
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(line: int, column: int) -> int:
        text = lines[line - 1]
        return starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode("utf-8", "replace")))

    def span(node: ast.AST) -> tuple[int, int]:
        begin = offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        decorators = getattr(node, "decorator_list", [])
        if decorators:
            first = decorators[0]
            begin = source.rindex("@", 0, offset(first.lineno, first.col_offset))
        return begin, offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    return span


def _statements(cells: list[Cell], parsed: _Parsed, block: int) -> Iterator[Statement]:
    position = positions(parsed.text)
    ends, last = [], 0
    for cell in cells:
        last += cell.source.count("\n") + 1
        ends.append((last, cell.number))
    for node, names in zip(parsed.tree.body, parsed.names, strict=True):
        start, end = position(node)
        line = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        number = next((number for last, number in ends if line <= last), cells[-1].number)
        yield Statement(parsed.text[start:end], number, block, node, names)
