"""The chapters as a map: which needs which, how long each takes, and a picture from each.

Nothing is listed here. The parts and the order come from `_toc.yml`; titles, times, pictures and what a chapter needs
come from the chapters themselves: a link under *Before you start* to an earlier chapter is an arrow of the map.
"""

import html
import json
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

WIDTH, HEIGHT, ACROSS, DOWN, TOP = 160, 58, 28, 30, 52  # a chapter's box, the gaps between boxes, and the captions
LINE = 18  # characters in a line of a box or a caption

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_BEFORE = re.compile(r"\*\*Before you start\*\*(.*?)(?=\n\n|\Z)", re.DOTALL)
_LINK = re.compile(r"\]\(([^)]+)\.ipynb")
_TIME = re.compile(r"\*\*Time\*\*: (\d+) minutes(?:, and (\d+) for the exercises)?")
_EXERCISE = re.compile(r'^(?:@ck\.exercise|ck\.answer)\(\s*"', re.MULTILINE)
_PICTURE = re.compile(r'<img\b[^>]*?alt="([^"]*)"[^>]*?src="(data:image/png;base64,[^"]+)"')


@dataclass(frozen=True)
class Chapter:
    """One chapter, as `_toc.yml` and its notebook describe it."""

    name: str  # networks/neuron
    part: str
    path: Path

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells, as its file holds them."""
        return list(json.loads(self.path.read_text(encoding="utf-8"))["cells"])

    @cached_property
    def opening(self) -> str:
        """The first cell."""
        return "".join(self.cells[0]["source"])

    @property
    def title(self) -> str:
        """The first heading."""
        return self._found(_TITLE, "a title").group(1)

    @property
    def minutes(self) -> tuple[int, int]:
        """For reading, and for the exercises."""
        reading, exercises = self._found(_TIME, "a line **Time**: … minutes, and … for the exercises.").groups()
        return int(reading), int(exercises or 0)

    @property
    def links(self) -> set[str]:
        """Chapters that *Before you start* links to."""
        folder = posixpath.dirname(self.name)
        found = _LINK.findall(self._found(_BEFORE, "a paragraph **Before you start**").group(1))
        return {posixpath.normpath(posixpath.join(folder, link)) for link in found}

    @property
    def exercises(self) -> int:
        """How many exercises the notebook holds."""
        return sum(
            len(_EXERCISE.findall("".join(cell["source"]))) for cell in self.cells if cell["cell_type"] == "code"
        )

    def picture(self, start: str) -> tuple[str, str]:
        """Description and data of the first picture whose description starts so. Raises ValueError if none does."""
        pictures: list[tuple[str, str]] = []
        for cell in self.cells:
            for output in cell.get("outputs", ()):
                pictures += _PICTURE.findall("".join(output.get("data", {}).get("text/html", "")))
        for alt, data in pictures:
            if html.unescape(alt).startswith(start):
                return html.unescape(alt), data
        raise ValueError(f"{self.name} has no picture whose description starts with {start!r}.")

    def _found(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        if (found := pattern.search(self.opening)) is None:
            raise ValueError(f"The first cell of {self.name} lacks {what}.")
        return found


def chapters(root: Path) -> dict[str, Chapter]:
    """All chapters of the book by name, in its order."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return {
        name: Chapter(name, part["caption"], root / "notebooks" / f"{name}.ipynb")
        for part in contents["parts"]
        for entry in part["chapters"]
        if (name := entry["file"].removeprefix("notebooks/")) != entry["file"]
    }


def needs(book: dict[str, Chapter]) -> dict[str, list[str]]:
    """For each chapter the earlier ones that it links to; later ones are mentioned, not needed."""
    order = list(book)
    return {name: [other for other in order[: order.index(name)] if other in book[name].links] for name in order}


def arrows(needed: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The needs that do not follow from others: with A → B and B → C, no arrow A → C is drawn."""
    behind: dict[str, set[str]] = {}
    for name, others in needed.items():
        behind[name] = set(others).union(*(behind[other] for other in others))
    return [
        (other, name)
        for name, others in needed.items()
        for other in others
        if not any(other in behind[third] for third in others)
    ]


def rows(book: dict[str, Chapter]) -> dict[str, int]:
    """How far down each chapter stands: below all that it needs, and below the chapter before it in its part."""
    needed, found = needs(book), dict[str, int]()
    for name, chapter in book.items():
        above = [*needed[name], *(other for other in found if book[other].part == chapter.part)]
        found[name] = max((found[other] + 1 for other in above), default=0)
    return found


def draw(book: dict[str, Chapter], address: Callable[[str], str]) -> str:
    """The map as SVG, one column a part; each box links to `address(name)`."""
    parts = list(dict.fromkeys(chapter.part for chapter in book.values()))
    row = rows(book)
    place = {
        name: (ACROSS + parts.index(chapter.part) * (WIDTH + ACROSS), TOP + row[name] * (HEIGHT + DOWN))
        for name, chapter in book.items()
    }
    width, height = ACROSS + len(parts) * (WIDTH + ACROSS), TOP + (max(row.values()) + 1) * (HEIGHT + DOWN)
    drawn = [
        f'<svg class="learning-map" viewBox="0 0 {width} {height}" role="group" '
        'aria-label="Map of the chapters; the list below says the same">',
        '<marker id="map-head" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" '
        'markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>',
    ]
    for column, part in enumerate(parts):
        drawn += _lines(ACROSS + column * (WIDTH + ACROSS) + WIDTH / 2, 16, _broken(part), "map-part")
    drawn += [
        f'<path class="map-arrow" marker-end="url(#map-head)" data-from="{one}" data-to="{other}" '
        f'd="{_arrow(place[one], place[other], place.values())}"/>'
        for one, other in arrows(needs(book))
    ]
    for name, (x, y) in place.items():
        drawn.append(f'<a href="{html.escape(address(name))}" data-chapter="{name}">')
        drawn.append(f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>')
        drawn += _lines(x + WIDTH / 2, y + HEIGHT / 2, _broken(book[name].title), "map-chapter")
        drawn.append("</a>")
    return "\n".join([*drawn, "</svg>"])


def _arrow(one: tuple[int, int], other: tuple[int, int], boxes: Iterable[tuple[int, int]]) -> str:
    """From the bottom of a box to the top of a lower one, between the boxes: along a gap of rows, down one of columns.

    Lines leave and arrive at other heights, and go down in other places by the row that they come from: so none lies on
    another's way.
    """
    (x, y), (to_x, to_y) = (one[0] + WIDTH / 2, one[1] + HEIGHT), (other[0] + WIDTH / 2, other[1])
    leave, arrive = y + DOWN / 3, to_y - DOWN / 2
    if x == to_x and not any(box[0] == one[0] and y < box[1] < to_y for box in boxes):
        return f"M{x} {y} V{to_y}"
    if to_y - y == DOWN:  # the next row
        return f"M{x} {y} V{leave} H{to_x} V{to_y}"
    aisle = other[0] - ACROSS / 2 + 7 * (one[1] // (HEIGHT + DOWN) % 3 - 1)
    return f"M{x} {y} V{leave} H{aisle} V{arrive} H{to_x} V{to_y}"


def _broken(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _lines(x: float, y: float, lines: list[str], kind: str) -> list[str]:
    first = y - 8.5 * (len(lines) - 1) + 5
    return [
        f'<text class="{kind}" x="{x}" y="{first + 17 * number}">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    ]


class _AboutChapters(SphinxDirective):
    """A directive that reads chapters; its page is built again when one of them changes."""

    @cached_property
    def book(self) -> dict[str, Chapter]:
        root = Path(self.env.srcdir)
        book = chapters(root)
        self.env.note_dependency(str(root / "_toc.yml"))
        for chapter in book.values():
            self.env.note_dependency(str(chapter.path))
        return book

    def find(self, name: str) -> Chapter:
        if name not in self.book:
            raise self.error(f"There is no chapter {name}. There are: {', '.join(self.book)}.")
        return self.book[name]

    def link(self, name: str) -> str:
        return f"[{self.book[name].title}](/notebooks/{name}.ipynb)"


class LearningMap(_AboutChapters):
    """The map, and the same as a list."""

    def run(self) -> list[nodes.Node]:
        """Give the directive's nodes."""

        def address(name: str) -> str:
            return str(self.env.app.builder.get_relative_uri(self.env.docname, f"notebooks/{name}"))

        needed, lines, part = needs(self.book), [], ""
        for name, chapter in self.book.items():
            if chapter.part != part:
                part = chapter.part
                lines += ["", f"**{part}**", ""]
            reading, exercises = chapter.minutes
            before = ", ".join(self.link(other) for other in needed[name])
            lines.append(
                f"- {self.link(name)}, {reading} + {exercises} minutes"
                + (f"; needs {before}." if before else "; needs nothing but Python and NumPy.")
            )
        drawing = nodes.raw("", draw(self.book, address), format="html")
        return [drawing, nodes.container("", *self.parse_text_to_nodes("\n".join(lines)), classes=["map-list"])]


class ReadingTrack(_AboutChapters):
    """Some chapters in order (`name: what it gives`, one a line; none for all), with the time that they take."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the directive's nodes."""
        given = dict(line.split(": ", 1) for line in self.content if line.strip())
        chosen = [self.find(name) for name in given or self.book]
        reading, exercises = (sum(chapter.minutes[kind] for chapter in chosen) for kind in (0, 1))
        count = sum(chapter.exercises for chapter in chosen)
        lines = [f"1. {self.link(name)}: {what}" for name, what in given.items()]
        total = f"{len(chosen)} chapters: {_hours(reading)} to read and run"
        total += f", and {_hours(exercises)} for {count} exercises."
        return self.parse_text_to_nodes("\n".join([*lines, "", total]))


class ChapterPicture(_AboutChapters):
    """A picture that a chapter draws: `name`, and with `:starts:` how its description starts."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"starts": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Give the directive's nodes."""
        try:
            alt, data = self.find(self.arguments[0]).picture(self.options["starts"])
        except ValueError as error:
            raise self.error(str(error)) from error
        picture = f'<img class="dark-light chapter-picture" alt="{html.escape(alt)}" src="{data}">'
        return [nodes.raw("", picture, format="html")]


def _hours(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 90 else f"about {minutes / 60:.0f} hours"


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives `learning-map`, `reading-track` and `chapter-picture`."""
    app.add_directive("learning-map", LearningMap)
    app.add_directive("reading-track", ReadingTrack)
    app.add_directive("chapter-picture", ChapterPicture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
