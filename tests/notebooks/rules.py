"""What every chapter must be, rule by rule. A rule yields what is wrong; a chapter that keeps it yields nothing."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

from coursekit.checks import bank
from coursekit.checks.definition import Exercise
from coursepress import widget_state
from coursepress.execute import chapter_name
from coursepress.exercise_cells import with_exercises
from coursepress.normalize import code_cells, dumps, normalize, tags, unstable
from coursepress.reading_time import minutes

MOST_LINES, MOST_COLUMNS, MOST_BYTES, MOST_FIGURE_BYTES = 25, 79, 1_000_000, 350_000
FOLDED = "hide-input"  # the tag of a cell that is collapsed, in the page and in JupyterLab
FEWEST_CLAIMS, FEWEST_FIGURES, FEWEST_USES, FEWEST_CHINESE_CHARACTERS = 15, 2, 2, 60
LARGEST_UNCOMPARED_SHARE = 0.25
SETUP_CELL = "import coursekit as ck\n\nck.setup()"

_FOLD = re.compile(r"<details.*?</details>|^(:{3,}|`{3,})\{dropdown\}.*?^\1", re.DOTALL | re.MULTILINE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MACHINE_PATH = re.compile(r"(?:/home/|/Users/|/root/|/tmp/|/work/|site-packages[\\/]|\b[A-Z]:\\)")
_WARNING = re.compile(r"\w*Warning: |^\[?(?:WARNING|ERROR)\b|\bWARNING:", re.MULTILINE)
_COMMENT_MARKER = re.compile(r"#\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)")
_FORBIDDEN_TAGS = {"skip-execution", "nbval-skip", "nbval-check-output", "nbval-raises-exception"}
_UNCOMPARED_TAGS = {"nbval-ignore-output", "measured"}


@dataclass(frozen=True)
class Chapter:
    """A notebook file and the table of contents it should stand in."""

    path: Path
    contents: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def notebook(self) -> NotebookNode:
        return nbformat.v4.reads(self.text)  # nbformat.reads would repair what the rules look for

    @cached_property
    def code(self) -> list[NotebookNode]:
        return code_cells(self.notebook)

    @cached_property
    def prose(self) -> str:
        return "\n\n".join(cell.source for cell in self.notebook.cells if cell.cell_type == "markdown")

    @cached_property
    def models(self) -> dict[str, dict]:
        return widget_state.models(self.notebook)

    @property
    def outputs(self) -> Iterator[tuple[int, NotebookNode]]:
        for number, cell in enumerate(self.code, start=1):
            for output in cell.outputs:
                yield number, output


Rule = Callable[[Chapter], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    RULES[check.__name__] = check
    return check


@rule
def has_at_most_25_lines_in_a_code_cell(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        if (lines := len(cell.source.splitlines())) > MOST_LINES:
            yield f"code cell {number} has {lines} lines"


@rule
def has_no_code_wider_than_79_columns(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        if wide := [line for line in cell.source.splitlines() if len(line) > MOST_COLUMNS]:
            yield f"code cell {number} has a line of {max(map(len, wide))} columns: {wide[0].strip()[:60]} …"


@rule
def writes_one_statement_on_a_line(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        lines = [node.lineno for node in ast.walk(_tree(cell)) if isinstance(node, ast.stmt)]
        if packed := sorted({line for line in lines if lines.count(line) > 1}):
            yield f"code cell {number} has several statements on line {packed[0]}"


@rule
def collapses_checks_in_the_page_and_in_jupyterlab(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        folded, hidden = FOLDED in tags(cell), cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if folded != hidden:
            yield f"code cell {number} is collapsed in {'the page' if folded else 'JupyterLab'} alone"
        if folded and not _asserts(cell):
            yield f"code cell {number} is collapsed, but it checks nothing"
        if folded and cell.outputs:
            yield f"code cell {number} is collapsed, but it shows something"


@rule
def keeps_numbers_labels_and_shapes_out_of_assertions_in_view(chapter: Chapter) -> Iterator[str]:
    """In view stand assertions that say an idea; margins, counts, keyed answers and shapes are in collapsed cells."""
    for number, cell in enumerate(chapter.code, start=1):
        if FOLDED in tags(cell) or "raises-exception" in tags(cell):
            continue
        for node in ast.walk(_tree(cell)):
            if isinstance(node, ast.Assert) and (detail := _detail(node.test)):
                yield f"code cell {number}, line {node.lineno}: the assertion on {detail} belongs into a collapsed cell"


@rule
def draws_random_numbers_from_the_course_s_generator(chapter: Chapter) -> Iterator[str]:
    """A pick of data that the text speaks about may be fixed; its line says so."""
    for number, cell in enumerate(chapter.code, start=1):
        for line in cell.source.splitlines():
            fixed = "whatever the seed" in line or "raises-exception" in tags(cell)
            if (found := re.search(r"\bnp\.random\.(?!Generator)\w+", line)) and not fixed:
                yield f"code cell {number} says {found[0]}; `rng = ck.rng()` follows the chapter's seed"


@rule
def draws_a_plot_that_a_learner_could_have_typed(chapter: Chapter) -> Iterator[str]:
    if not any(re.search(r"\bplt\.subplots\(", cell.source) for cell in chapter.code):
        yield "no cell draws with `plt.subplots` alone"


@rule
def uses_what_the_learner_wrote(chapter: Chapter) -> Iterator[str]:
    asked = {e.id: n for n, cell in enumerate(chapter.code) for e in _exercises(chapter) if f'"{e.id}"' in cell.source}
    used = [
        (n, id) for n, cell in enumerate(chapter.code) for id in re.findall(r'ck\.yours\(\s*"([^"]+)"', cell.source)
    ]
    if _has_exercises(chapter) and len({id for _, id in used}) < FEWEST_USES:
        yield f"`ck.yours` uses {len({id for _, id in used})} of the learner's answers"
    for number, id in used:
        if number <= asked.get(id, len(chapter.code)) - 1:
            yield f"code cell {number + 1} uses {id}, which has not been asked yet"


@rule
def has_every_number_of_its_prose_from_a_cell(chapter: Chapter) -> Iterator[str]:
    """A number in prose is printed by a cell, said by a figure, or written in code or in an assertion."""
    known = _numbers(" ".join([*(cell.source for cell in chapter.code), *(text for _, text in _shown(chapter))]))
    asked = {exercise.asked for exercise in _exercises(chapter)}
    for cell in chapter.notebook.cells:
        if cell.cell_type == "markdown" and cell.source not in asked:
            for number in sorted(_numbers(_spoken(cell.source)) - known - _SMALL):
                yield f"nothing computes {number} in: {_sentence(cell.source, number)}"


@rule
def weighs_at_most_1_mb(chapter: Chapter) -> Iterator[str]:
    if (size := len(chapter.text.encode())) > MOST_BYTES:
        yield f"it weighs {size / 1e6:.2f} MB"


@rule
def starts_with_its_only_title(chapter: Chapter) -> Iterator[str]:
    titles = re.findall(r"^# \S.*$", chapter.prose, flags=re.MULTILINE)
    if not chapter.notebook.cells[0].source.startswith("# "):
        yield "its first line is no title"
    if len(titles) != 1:
        yield f"it has {len(titles)} titles (`# …`)"


@rule
def names_three_to_five_objectives(chapter: Chapter) -> Iterator[str]:
    if not 3 <= len(_objectives(chapter)) <= 5:
        yield f"**Objectives** is followed by a list of {len(_objectives(chapter))}"


@rule
def tests_each_objective_with_an_exercise(chapter: Chapter) -> Iterator[str]:
    if _has_exercises(chapter):
        for objective in _objectives(chapter):
            if not re.search(r"`[\w/-]+`\)?\.?$", objective):
                yield f"no exercise in backticks ends the objective: {objective}"


@rule
def says_what_comes_before(chapter: Chapter) -> Iterator[str]:
    yield from _missing_label(chapter, "Before you start")


@rule
def says_how_long_it_takes(chapter: Chapter) -> Iterator[str]:
    reading, exercises = minutes(chapter.notebook)
    line = f"**Time**: {reading} minutes, and {exercises} for the exercises."
    if line not in chapter.notebook.cells[0].source.splitlines():
        yield f"its opening does not say, as counted in the same way for all chapters: {line}"


@rule
def sets_up_in_its_first_code_cell(chapter: Chapter) -> Iterator[str]:
    if [ast.dump(node) for node in _tree(chapter.code[0]).body] != [ast.dump(n) for n in ast.parse(SETUP_CELL).body]:
        yield "its first code cell is not `import coursekit as ck` and `ck.setup()`"


@rule
def imports_in_its_second_code_cell(chapter: Chapter) -> Iterator[str]:
    body = _tree(chapter.code[1]).body
    if not body or not all(isinstance(node, ast.Import | ast.ImportFrom) for node in body):
        yield "its second code cell does something else than import"
    for number, cell in enumerate(chapter.code[2:], start=3):
        if "raises-exception" not in tags(cell) and any(
            isinstance(node, ast.Import | ast.ImportFrom) for node in _tree(cell).body
        ):
            yield f"code cell {number} imports; imports stand in the second code cell"


@rule
def has_two_interactive_figures(chapter: Chapter) -> Iterator[str]:
    count = sum(widget_state.VIEW in output.get("data", {}) for _, output in chapter.outputs)
    if count < FEWEST_FIGURES:
        yield f"it has {count} interactive figures"


@rule
def asserts_15_claims(chapter: Chapter) -> Iterator[str]:
    nodes = [node for cell in chapter.code for node in ast.walk(_tree(cell))]
    count = sum(isinstance(node, ast.Assert) or _is_numpy_assertion(node) for node in nodes)
    if count < FEWEST_CLAIMS:
        yield f"it asserts {count} claims"


@rule
def asserts_something_that_can_fail(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        for node in ast.walk(_tree(cell)):
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant | ast.Tuple):
                yield f"code cell {number}, line {node.lineno}: this assertion always holds"


@rule
def shows_what_goes_wrong(chapter: Chapter) -> Iterator[str]:
    yield from _missing_section(chapter, "What goes wrong")


@rule
def sums_up(chapter: Chapter) -> Iterator[str]:
    yield from _missing_section(chapter, "Summary")


@rule
def lists_its_terms(chapter: Chapter) -> Iterator[str]:
    if not re.search(r"^\|.*English.*\|.*中文.*\|.*Keras.*\|", chapter.prose, flags=re.MULTILINE):
        yield "a table with the columns English, 中文 and Keras is missing"


@rule
def sums_up_in_chinese_in_a_fold(chapter: Chapter) -> Iterator[str]:
    folds = [found[0] for found in _FOLD.finditer(chapter.prose)]
    if not any(len(_CHINESE.findall(fold)) >= FEWEST_CHINESE_CHARACTERS for fold in folds):
        yield "a fold (<details>) with objectives and summary in Chinese is missing"


@rule
def names_the_next_chapter(chapter: Chapter) -> Iterator[str]:
    yield from _missing_label(chapter, "Next")


@rule
def offers_further_reading(chapter: Chapter) -> Iterator[str]:
    yield from _missing_label(chapter, "Further reading")
    if not re.search(r"Further reading.*(?:\{cite|\]\()", chapter.prose, flags=re.DOTALL):
        yield "further reading holds no citation"


@rule
def uses_no_magic_and_no_shell(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        expected = "raises-exception" in tags(cell)
        if _parsed(cell) is None and (not expected or re.search(r"^\s*[%!?]", cell.source, flags=re.MULTILINE)):
            yield f"code cell {number} is not plain Python"
        if "get_ipython" in cell.source:
            yield f"code cell {number} talks to IPython itself"


@rule
def shows_the_error_of_every_cell_that_should_raise(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        if "raises-exception" in tags(cell):
            if not any(output.output_type == "error" for output in cell.outputs):
                yield f"code cell {number} is tagged raises-exception but shows no error"
            if _UNCOMPARED_TAGS & set(tags(cell)):
                yield f"code cell {number} should raise, but nobody would compare what"


@rule
def shows_errors_nowhere_else(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        if "raises-exception" not in tags(cell) and any(output.output_type == "error" for output in cell.outputs):
            yield f"code cell {number} shows an error"


@rule
def hides_no_cell_from_the_tests(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        if hidden := _FORBIDDEN_TAGS & set(tags(cell)):
            yield f"code cell {number} is tagged {', '.join(sorted(hidden))}"
        if found := _COMMENT_MARKER.search(cell.source):
            yield f"code cell {number} holds the comment {found[0]}; use a tag"


@rule
def has_most_outputs_compared(chapter: Chapter) -> Iterator[str]:
    uncompared = [n for n, cell in enumerate(chapter.code, start=1) if _UNCOMPARED_TAGS & set(tags(cell))]
    share = len(uncompared) / len(chapter.code)
    if share > LARGEST_UNCOMPARED_SHARE:
        yield f"the outputs of {share:.0%} of its code cells are not compared: {uncompared}"


@rule
def asserts_after_every_uncompared_output(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        nearby = chapter.code[number - 1 : number + 2]  # a picture may stand between
        if "nbval-ignore-output" in tags(cell) and not any(_asserts(other) for other in nearby):
            yield f"code cell {number} is tagged nbval-ignore-output, but neither it nor the next two assert anything"


@rule
def was_executed_from_top_to_bottom(chapter: Chapter) -> Iterator[str]:
    counts = [cell.execution_count for cell in chapter.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"its code cells are numbered {counts}"
    if any(cell.cell_type == "code" and not cell.source.strip() for cell in chapter.notebook.cells):
        yield "a code cell is empty"


@rule
def saves_the_state_of_every_widget(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        if missing := widget_state.missing(widget_state.views(cell.outputs), chapter.models):
            yield f"code cell {number} shows a widget, but {len(missing)} of its models are not saved"


@rule
def keeps_each_interactive_figure_under_350_kb(chapter: Chapter) -> Iterator[str]:
    for number, output in chapter.outputs:
        kept = widget_state.stable(widget_state.views([output]), chapter.models)[1]
        values = [model["state"].get("value", "") for model in kept.values()]
        if (size := sum(len(value) for value in values if isinstance(value, str))) > MOST_FIGURE_BYTES:
            yield f"the interactive figure of code cell {number} weighs {size / 1000:.0f} kB"


@rule
def shows_no_picture_without_alt_text(chapter: Chapter) -> Iterator[str]:
    for number, output in chapter.outputs:
        data = output.get("data", {})
        if bare := [mime for mime in data if mime.startswith("image/")]:
            yield f"code cell {number} shows a bare {', '.join(bare)}; use ck.show(figure, alt=…)"
        models = widget_state.stable(widget_state.views([output]), chapter.models)[1].values()
        pages = [data.get("text/html", ""), *(str(model["state"].get("value", "")) for model in models)]
        for picture in (picture for page in pages for picture in _pictures(page)):
            if not (picture.get("alt") or "").strip():
                yield f"code cell {number} shows a picture without alt text"
            if "dark-light" not in (picture.get("class") or "").split():
                yield f"code cell {number} shows a picture without the class dark-light"
        if widget_state.VIEW in data and not data.get("text/plain", "").strip():
            yield f"the widget of code cell {number} has no text/plain"
    if re.search(r"!\[\s*\]\(", chapter.prose) or any(not picture.get("alt") for picture in _pictures(chapter.prose)):
        yield "a picture in the text has no alt text"


@rule
def names_no_folder_of_a_machine(chapter: Chapter) -> Iterator[str]:
    for number, text in _shown(chapter):
        if found := _MACHINE_PATH.search(text):
            yield f"code cell {number} shows {text[found.start() : found.end() + 40]!r}"
    for number, cell in enumerate(chapter.code, start=1):
        if found := _MACHINE_PATH.search(cell.source):
            yield f"code cell {number} holds {found[0]!r}"


@rule
def shows_no_warning_and_no_stderr(chapter: Chapter) -> Iterator[str]:
    for number, output in chapter.outputs:
        if output.get("name") == "stderr":
            yield f"code cell {number} shows stderr: {output.text[:80]!r}"
        elif output.output_type == "stream" and (found := _WARNING.search(output.text)):
            yield f"code cell {number} shows a warning: {output.text[found.start() : found.end() + 60]!r}"


@rule
def shows_nothing_that_changes_from_run_to_run(chapter: Chapter) -> Iterator[str]:
    for number, what in unstable(chapter.notebook):
        yield f"code cell {number} {what}"


@rule
def imports_keras_in_one_way(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.code, start=1):
        for node in ast.walk(_tree(cell)):
            if _is_other_keras(node):
                yield f"code cell {number}, line {node.lineno}: write `import keras`, which is not the same thing"


@rule
def says_something_in_every_markdown_cell(chapter: Chapter) -> Iterator[str]:
    for number, cell in enumerate(chapter.notebook.cells, start=1):
        if cell.cell_type == "markdown" and not re.search(r"\w", cell.source):
            yield f"cell {number} says {cell.source.strip()!r}: write its sentence, or delete the cell"


@rule
def gives_every_cell_its_own_id(chapter: Chapter) -> Iterator[str]:
    ids = [cell.get("id") for cell in chapter.notebook.cells]
    if None in ids or len(set(ids)) != len(ids):
        yield "two cells have the same id, or a cell has none"


@rule
def is_as_execute_writes_it(chapter: Chapter) -> Iterator[str]:
    if chapter.text != dumps(normalize(with_exercises(chapter.notebook))):
        yield f"run `python -m coursepress execute {chapter_name(chapter.path)}`; another program saved it"


@rule
def stands_in_the_table_of_contents(chapter: Chapter) -> Iterator[str]:
    listed = set(_files(yaml.safe_load(chapter.contents.read_text(encoding="utf-8"))))
    if f"notebooks/{chapter_name(chapter.path)}" not in {name.removesuffix(".ipynb") for name in listed}:
        yield f"_toc.yml has no line `file: notebooks/{chapter_name(chapter.path)}`"


def _objectives(chapter: Chapter) -> list[str]:
    """The items of the list after **Objectives**."""
    found = re.search(r"\*\*Objectives\W*\*\*[^\n]*\n+((?:(?:[-*]|\d+\.) .*\n?(?:  +.*\n?)*)+)", chapter.prose)
    if found is None:
        return []
    items = re.split(r"^(?:[-*]|\d+\.) ", found[1], flags=re.MULTILINE)[1:]
    return [" ".join(item.split()) for item in items]


def _has_exercises(chapter: Chapter) -> bool:
    return chapter.path.stem in bank.rooms()


def _exercises(chapter: Chapter) -> list[Exercise]:
    return bank.load(chapter.path.stem) if _has_exercises(chapter) else []


def _detail(test: ast.expr) -> str | None:
    """What an assertion holds besides its idea, if anything: a number (but 0, 1 and tolerances), a text, a shape."""
    if isinstance(test, ast.Call):  # np.allclose(one, other, atol=1e-5)
        parts: list[ast.AST] = [*test.args]
    else:
        parts = [test]
    for node in (node for part in parts for node in ast.walk(part)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return f"the text {node.value!r}" if isinstance(test, ast.Compare) and node in test.comparators else None
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | None) and node.value not in (0, 1):
            return f"the number {node.value}"
        if isinstance(node, ast.Attribute) and node.attr in ("shape", "dtype"):
            return f"a {node.attr}"
    return None


_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w]|\.\d)")
_SMALL = {str(n) for n in range(13)}  # counted on fingers, or numbers of panels and steps
_NOT_SPOKEN = re.compile(
    r"```.*?```|^(`{3,}|:{3,})\{.*?^\1|<details.*?</details>|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|\{\w+(?::\w+)?\}`[^`]*`|"
    r"\*\*(?:Time|Objectives|Further reading|Before you start).*?(?=\n\n|\Z)|^\|.*\|$|\b(?:1[6-9]|20)\d\d\b",
    re.DOTALL | re.MULTILINE,
)


def _spoken(prose: str) -> str:
    """Prose without formulas, links, citations, tables of terms, times and years."""
    return _NOT_SPOKEN.sub(" ", prose)


def _numbers(text: str) -> set[str]:
    """Numbers as they are written; 1,137 is 1137 and 0.50 is 0.50."""
    spoken = text.replace("_", "").replace("\\n", " ")  # outputs are read as JSON
    return {found.replace(",", "") for found in _NUMBER.findall(spoken)}


def _sentence(prose: str, number: str) -> str:
    plain = " ".join(prose.split())
    at = plain.replace(",", "").find(number)
    return f"… {plain[max(at - 30, 0) : at + 50]} …"


def _missing_label(chapter: Chapter, name: str) -> Iterator[str]:
    if not re.search(rf"^(?:#+ |\s*[-*>]?\s*\*\*){name}", chapter.prose, flags=re.MULTILINE | re.IGNORECASE):
        yield f"**{name}** is missing"


def _missing_section(chapter: Chapter, name: str) -> Iterator[str]:
    if not re.search(rf"^## {name}\s*$", chapter.prose, flags=re.MULTILINE | re.IGNORECASE):
        yield f"the section `## {name}` is missing"


def _parsed(cell: NotebookNode) -> ast.Module | None:
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return None


def _tree(cell: NotebookNode) -> ast.Module:
    return _parsed(cell) or ast.Module(body=[], type_ignores=[])


def _is_numpy_assertion(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(re.search(r"\btesting\.assert_\w+$", ast.unparse(node.func)))


def _asserts(cell: NotebookNode) -> bool:
    return any(isinstance(node, ast.Assert) or _is_numpy_assertion(node) for node in ast.walk(_tree(cell)))


def _is_other_keras(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "keras" and isinstance(node.value, ast.Name) and node.value.id in ("tf", "tensorflow")
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return module.startswith("tensorflow.keras") or (
            module == "tensorflow" and any(alias.name == "keras" for alias in node.names)
        )
    return isinstance(node, ast.Import) and any(alias.name.startswith("tensorflow.keras") for alias in node.names)


def _shown(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """All text that outputs show, without pictures."""
    for number, output in chapter.outputs:
        models = widget_state.stable(widget_state.views([output]), chapter.models)[1]
        text = json.dumps([output, models], ensure_ascii=False)
        yield number, re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "IMG", text)


class _PictureParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def _pictures(page: str) -> list[dict[str, str | None]]:
    parser = _PictureParser()
    parser.feed(page)
    return parser.found


def _files(entry: object) -> Iterator[str]:
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key in ("file", "root") and isinstance(value, str):
                yield value
            else:
                yield from _files(value)
    elif isinstance(entry, list):
        for item in entry:
            yield from _files(item)
