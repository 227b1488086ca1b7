import ast
import json
import symtable
import sys
import types
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursegrade.names import names_of
from coursegrade.slicing import slices, source_flags
from coursegrade.submission import Cell, Submission, read
from coursekit.checks import bank

ANSWER = '@ck.exercise("a/b")\ndef f(x):\n    return '


def sliced(*sources, **kinds):
    cells = (Cell(n, kinds.get(f"cell{n}", "code"), s) for n, s in enumerate(sources, 1))
    return slices(Submission(tuple(cells)))


def one(*sources, **kinds):
    found = sliced(*sources, **kinds)
    assert list(found) == ["a/b"]
    return found["a/b"]


def run(source, monkeypatch=None):
    """What a program hands in, run in an empty namespace."""
    given = {}
    course = types.ModuleType("coursekit")
    course.exercise = lambda id: lambda function: given.setdefault(id, []).append(function) or function
    course.answer = lambda id, value: given.setdefault(id, []).append(value)
    kept = sys.modules["coursekit"]
    sys.modules["coursekit"] = course
    try:
        exec(compile(source, "<answer>", "exec"), {})
    finally:
        sys.modules["coursekit"] = kept
    return {id: values[-1] for id, values in given.items()}


IMPORT = "import coursekit as ck"


@pytest.mark.parametrize(
    "source",
    [
        'import coursekit as ck\n@ck.exercise("a/b")\ndef f(): return 5',
        'import coursekit\n@coursekit.exercise("a/b")\ndef f(): return 5',
        'import coursekit as x\n@x.exercise(id="a/b")\ndef f(): return 5',
        'from coursekit import exercise as e\n@e("a/b")\ndef f(): return 5',
        'from coursekit import exercise\nimport functools\n@functools.cache\n@exercise("a/b")\ndef f(): return 5',
        'import coursekit as ck\ndef g(): return 5\nck.exercise("a/b")(g)',
        'import coursekit as ck\nf = ck.exercise("a/b")(lambda: 5)',
        'import coursekit as ck\nID = "a/" + "b"\n@ck.exercise(ID)\ndef f(): return 5',
        'import coursekit as ck\nC = "a"\n@ck.exercise(f"{C}/b")\ndef f(): return 5',
        'import coursekit as ck\nhand = ck.exercise("a/b")\n@hand\ndef f(): return 5',
        'import coursekit as ck\nif True:\n    @ck.exercise("a/b")\n    def f(): return 5',
        'import coursekit as ck\ntry:\n    f = ck.exercise("a/b")(lambda: 5)\nexcept ValueError:\n    pass',
        'import coursekit as ck\nif __name__ == "__main__":\n    f = ck.exercise("a/b")(lambda: 5)',
        'import coursekit as ck\n@ck.exercise("a/b")\nclass f:\n    def __new__(cls): return 5',
        'import coursekit as ck\n@ck.exercise(\n    "a/b"\n)\ndef f(): return 5',
        'import coursekit as ck\ndef submit():\n    f = ck.exercise("a/b")(lambda: 5)\nsubmit()',
    ],
)
def test_every_honest_form_of_handing_in_a_function_is_found(source):
    found = one("y = 3\n" + source, "z = 4")
    assert "f" in found.answer and not found.missing and not found.problem
    assert run(found.source)["a/b"]() == 5


@pytest.mark.parametrize(
    "call",
    [
        'ck.answer("a/b", v)',
        'ck.answer(id="a/b", value=v)',
        'ck.answer("a/b", value=v)',
        'print(ck.answer("a/b", v))',
        'with open(0):\n    ck.answer("a/b", v)',
    ],
)
def test_every_honest_form_of_handing_in_a_value_is_found(call):
    found = one(IMPORT, "v = 5", "w = 6", call)
    assert found.answer in ('ck.answer("a/b", v)', 'ck.answer(id="a/b", value=v)', 'ck.answer("a/b", value=v)')
    assert found.source == f"{IMPORT}\nv = 5\n{call}\n"
    assert found.cell == 4


@pytest.mark.parametrize(
    "source",
    [
        '"""\n@ck.exercise("a/b")\n"""',
        '# ck.answer("a/b", 3)',
        'def never():\n    ck.answer("a/b", 3)',
        "x = 'ck.answer(\"a/b\", 3)'",
        "ck.answer(3, 4)",
    ],
)
def test_what_hands_in_nothing_gives_no_slice(source):
    assert sliced(IMPORT, source) == {}


def test_helpers_constants_and_imports_come_along_and_nothing_else():
    found = one(IMPORT, "import math, os\nK = 2", "train()", "def g(x):\n    return math.floor(x) * K", ANSWER + "g(x)")
    assert found.source == f"{IMPORT}\nimport math, os\nK = 2\ndef g(x):\n    return math.floor(x) * K\n{ANSWER}g(x)\n"
    assert found.missing == () and found.later == ()


def test_the_import_of_the_course_is_added_where_it_was_deleted():
    found = one(ANSWER + "x")
    assert found.source.startswith(IMPORT + "\n")
    assert "was missing; it was added" in found.notes[0]


def test_a_deleted_helper_is_named_as_missing():
    assert one(IMPORT, ANSWER + "g(x) + len(h)").missing == ("g", "h")


def test_a_helper_in_a_later_cell_is_named_with_its_cell():
    found = one(IMPORT, ANSWER + "g(x)", "z = 1", "def g(x): return x")
    assert found.missing == () and found.later == (("g", 4),)


def test_a_helper_further_down_in_the_cell_is_kept_and_what_is_not_needed_is_not():
    found = one(
        IMPORT, "before()\n" + ANSWER + "g(x)\nname = input()\ntrain(f)\ndef g(x): return x + 1\nf(3)\nassert f(3) == 4"
    )
    assert found.source == f"{IMPORT}\n{ANSWER}g(x)\ndef g(x): return x + 1\n"


def test_the_last_handing_in_counts_and_the_note_names_the_cells():
    found = one(IMPORT, ANSWER + "1", "k = 2", ANSWER + "k", "k = 3")
    assert run(found.source)["a/b"](0) == 2 and found.cell == 4
    assert found.notes == ("a/b is handed in 2 times, in cells 2, 4; the last one counts.",)


@pytest.mark.parametrize(
    "change, value",
    [
        ("x.append(1)", [1]),
        ("x += [2]", [2]),
        ("x[:] = [3]", [3]),
        ("random.Random(0).shuffle(x)", []),
        ("y = x\ny.append(4)", [4]),
        ("def add(): x.append(5)\nadd()", [5]),
        ("for i in range(2): x.append(i)", [0, 1]),
        ("def new():\n    global x\n    x = [6]\nnew()", [6]),
        ("z = [x]\nfor item in z: item.append(7)", [7]),
        ("print(x)", []),
        ("del x[:]", []),
        ("x.extend(i for i in (8,))", [8]),
    ],
)
def test_what_changes_an_object_comes_along(change, value):
    found = one(IMPORT, "import random\nx = []", change, 'ck.answer("a/b", x)')
    assert run(found.source)["a/b"] == value


@pytest.mark.parametrize(
    "shows",
    [
        "print(x)",
        "display(x)",
        "x.summary()",
        "ck.show(x)",
        "plt.plot(x)",
        "ax.imshow(x)",
        "assert x == 1",
        "help(x)",
        "x",
        "ck.explore(x, a=x)",
        "ck.check()",
        "np.testing.assert_equal(x, 1)",
    ],
)
def test_what_only_shows_an_object_stays_away(shows):
    assert one(
        IMPORT, "import numpy as np\nx = 1", shows, 'ck.answer("a/b", x)'
    ).source == f'{IMPORT}\nimport numpy as np\nx = 1\nck.answer("a/b", x)\n'.replace("import numpy as np\n", "")


def test_a_planted_error_of_the_chapter_does_not_come_along_but_a_seed_does():
    found = one(
        IMPORT + "\nimport numpy as np\nfrom keras import layers",
        'layers.Conv2D(8, 3, padding="samp")\nnp.random.seed(0)',
        ANSWER + "np, layers",
    )
    assert "samp" not in found.source and "np.random.seed(0)" in found.source


def test_conditional_definitions_all_come_along_up_to_the_last_certain_one():
    found = one(IMPORT, "k = 0", "k = 1", "if True:\n    k = 2", "for k in (): pass", 'ck.answer("a/b", k)')
    assert "k = 0" not in found.source and "k = 1" in found.source
    assert run(found.source)["a/b"] == 2


def test_a_loop_variable_does_not_pull_in_an_earlier_loop_of_the_same_name():
    found = one(
        IMPORT, "for i in range(9):\n    train(i)", "t = 0\nfor i in range(3):\n    t += i", 'ck.answer("a/b", t)'
    )
    assert "train" not in found.source and run(found.source)["a/b"] == 3


def test_a_deleted_name_is_missing():
    assert one(IMPORT, "k = 1", "del k", ANSWER + "k").missing == ("k",)


def test_star_imports_are_kept_and_excuse_unknown_names():
    found = one(IMPORT, "from math import *", ANSWER + "floor(x)")
    assert found.missing == () and run(found.source)["a/b"](2.5) == 2


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline\n",
        "!pip install x\n",
        "x?\n",
        "%%time\n",
        "%%timeit -n 3\n",
        "%%capture out\n",
        "get_ipython().run_line_magic('matplotlib', 'inline')\n",
        "files = !ls\n",
    ],
)
def test_ipythons_own_syntax_is_understood(magic):
    found = one(IMPORT, magic + ANSWER + "x + 1")
    assert found.problem == "" and run(found.source)["a/b"](1) == 2 and "get_ipython" not in found.source


def test_timed_lines_keep_their_code():
    assert run(one(IMPORT, "%time k = 7", 'ck.answer("a/b", k)').source)["a/b"] == 7


def test_another_cell_magic_is_a_problem():
    assert (
        one(IMPORT, "%%writefile a.py\n" + ANSWER + "1").problem
        == "cell 2 begins with %%writefile, so it is not run as Python"
    )


def test_a_syntax_error_in_the_answers_cell_is_named_with_its_line():
    found = one(IMPORT, "y = 1", '@ck.exercise("a/b")\ndef f(x):\n    return (x')
    assert found.problem.startswith("cell 3 has a syntax error in line 3: ") and found.source == ""


def test_a_merge_conflict_in_the_answers_cell_is_named():
    assert (
        "leftover of a merge conflict in line 2"
        in one(IMPORT, '@ck.exercise("a/b")\n<<<<<<< HEAD\ndef f(): 1\n=======\ndef f(): 2\n>>>>>>> x').problem
    )


def test_a_syntax_error_elsewhere_costs_nothing_and_is_named_where_a_name_is_missing():
    found = one(IMPORT, "g = = 2 # {x}", "k = = 3", ANSWER + "g")
    assert found.problem == "" and found.missing == ("g",)
    assert len(found.notes) == 1 and "cell 2 has a syntax error in line 1" in found.notes[0]


@pytest.mark.parametrize(
    "pieces",
    [
        ("@ck.exercise('a/b')\ndef f(x):", "    y = x", "    return y"),
        ("@ck.exercise('a/b')\ndef f(x):\n    y = x", "    return y"),
        ("@ck.exercise('a/b')", "def f(x):\n    return x"),
        ("f = ck.exercise('a/b')(", "lambda x: x)"),
    ],
)
def test_a_cell_that_was_split_in_the_middle_is_joined(pieces):
    found = one(IMPORT, *pieces, "z = 1")
    assert run(found.source)["a/b"](4) == 4
    assert found.cell == 2 and "were joined" in found.notes[0]


def test_an_answer_in_a_text_cell_alone_is_a_problem():
    found = one(IMPORT, ANSWER + "1", cell2="markdown")
    assert found.problem == "it stands in cell 2 only, which is a markdown cell: turn it into a code cell"


def test_statements_keep_their_text_also_behind_semicolons_and_umlauts():
    found = one(IMPORT, 'ä = "ü"; k = 3 ;b = 4', 'ck.answer("a/b", (ä, k))')
    assert found.source == f'{IMPORT}\nä = "ü"\nk = 3\nck.answer("a/b", (ä, k))\n'


def test_future_imports_stand_first():
    assert one(IMPORT, "from __future__ import annotations\nk = 1", ANSWER + "k").source.startswith("from __future__")


def test_a_top_level_await_elsewhere_does_not_matter():
    assert one(IMPORT, "import asyncio\nawait asyncio.sleep(1)", ANSWER + "1").problem == ""
    assert "await" in one(IMPORT, "k = await g()", 'ck.answer("a/b", k)').problem


def test_compound_answers_show_the_learners_own_code_alone():
    found = one(IMPORT, 'if True:\n    y = 1\n    @ck.exercise("a/b")\n    def f():\n        return 1\n')
    assert found.answer == '@ck.exercise("a/b")\ndef f():\n    return 1'
    assert "def g()" in one(IMPORT, "def g(): return 1", 'ck.exercise("a/b")(g)').answer


def test_flags_are_facts_with_lines():
    source = "from coursekit.checks import bank\nimport os\n" + ANSWER + '"os._exit", os._exit, bank'
    assert source_flags(one(IMPORT + "\n" + source)) == (
        "reads the course's solutions: coursekit.checks.bank in line 2",
        "steers processes: os._exit in line 6",
    )
    assert source_flags(one(IMPORT, ANSWER + "x")) == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "-" * 100_000 + "1",
        "a" + ".b" * 100_000,
        "a" + ".b" * 900,
        "1" + "+1" * 2_000,
        "(" * 5_000,
        "x = 1\0",
        "x" * 600_000,
        "%a\n" * 5_000,
        "x = 1\n" * 20_000,
        "if 1:\n pass\n" + "elif 1:\n pass\n" * 3_000,
        "[" * 150 + "x" + " for x in y]" * 150,
        "%%time\n" * 5_000,
        "f'{" * 99,
        "return 3",
        "nonlocal x",
        "print 3",
        "9" * 10_000,
    ],
)
def test_hostile_cells_cost_nobody_the_other_answers(hostile):
    assert run(one(IMPORT, hostile, ANSWER + "x").source)["a/b"](3) == 3
    assert sliced(hostile + '\nck.answer("a/b", 3)')["a/b"].cell == 1


def test_entangled_definitions_are_refused_and_not_followed_forever():
    chain = "\n".join(f"def g{n}(): return g{(n * 7 + 1) % 4000}() + g{(n + 1) % 4000}()\ng{n}()" for n in range(4_000))
    found = one(IMPORT, chain, ANSWER + "g0()")
    assert "too entangled" in found.problem or found.source


@settings(deadline=None)
@given(
    st.lists(
        st.text(alphabet="ab=()[]{}:\n \t\"'\\%!?@#,.1é\0\ud800", max_size=40)
        | st.sampled_from([ANSWER, "def f():", "  return 1", "import a", "%%time", "@x", "ck.answer('a/b', 1)"]),
        max_size=6,
    )
)
def test_slicing_raises_nothing_whatever_the_cells_hold(sources):
    cells = [dict(cell_type="code", source=s) for s in sources] or [{}]
    for found in slices(read("a.ipynb", json.dumps({"cells": cells}).encode())).values():
        compile(found.source, "", "exec")


@pytest.mark.parametrize(
    "cell",
    [
        "p, q = [1], s\ns.append(9)",  # one of two names shares an object
        "(p, [q]) = 1, [s]\nq.append(9)",
        "for q in [r, s]:\n    pass\nq.append(9)",
        "q = s\np = q\nq = p\np.append(9)\np = [0]\ns.append(8)",  # shared by way of another name
        "k = 1\nq = sorted([(1, 2), (2, 1)], key=lambda pair: pair[k])\nk = 0",  # a name bound anew after its use
        "p = s[:]\np, q = q, s\np.append(0)\np = [1]\ns.append(0)",
    ],
)
def test_a_shared_object_keeps_its_changes(cell):
    cells = [IMPORT, "q, r, s = [2], [3], [4]", cell, 'ck.answer("a/c", q)']
    assert run(sliced(*cells)["a/c"].source) == run("\n".join(cells))


NAMES = st.sampled_from("pqrs")


@st.composite
def definition(draw):
    a, b, c = draw(NAMES), draw(NAMES), draw(NAMES)
    return draw(
        st.sampled_from(
            [
                f"{a} = [{len(b) + draw(st.integers(0, 9))}]",
                f"{a} = {b} + {c}",
                f"{a} = {b}",
                f"{a}.append({draw(st.integers(0, 9))})",
                f"{a} += {b}",
                f"{a}[0] = {draw(st.integers(0, 9))}",
                f"def g({a}=None):\n    return list({b}) + ({a} or [])",
                f"{a} = g({b})",
                f"{a} = [x for x in {b} if x]or[1]",
                f"if len({a}) > 2:\n    {b} = {c}[:3]",
                f"for {a} in [{b}, {c}]:\n    {a} = {a} + [1]",
                f"{a}, {b} = {b}[:], {c}",
                f"print({a})",
                f"def h():\n    global {a}\n    {a} = {b}[:2]\nh()",
                f"try:\n    {a} = {b}[99]\nexcept IndexError as error:\n    {a} = [str(error)]",
                f"{a} = (lambda {b}: {b} + {c})({a})",
                f"{a}.extend({b}[:2])",
                f"{a} = {a}[:4]",
            ]
        )
    )


@settings(deadline=None, max_examples=200)
@given(st.lists(definition(), max_size=12), NAMES, NAMES)
def test_a_slice_gives_what_the_whole_notebook_gives(definitions, late, now):
    start = "p, q, r, s = [1], [2], [3], [4]\ndef g(x=()):\n    return [0]"
    answer = f'@ck.exercise("a/b")\ndef f():\n    return {late}, g({now})'
    cells = [IMPORT, start, *definitions, answer, f'ck.answer("a/c", ({now}, {late}))']
    whole, found = run("\n".join(cells)), sliced(*cells)
    assert run(found["a/b"].source)["a/b"]() == whole["a/b"]()
    assert run(found["a/c"].source)["a/c"] == whole["a/c"]


MODULES = [
    "ast",
    "dataclasses",
    "argparse",
    "typing",
    "inspect",
    "enum",
    "asyncio.base_events",
    "collections",
    "unittest.mock",
    "functools",
]


@pytest.mark.parametrize("module", MODULES)
def test_names_agree_with_pythons_own_symbol_table(module):
    __import__(module)
    source = Path(sys.modules[module].__file__).read_text(encoding="utf-8")
    mine, theirs = set(), set()
    for node in ast.parse(source).body:
        names = names_of(node)
        mine |= names.now | names.late | names.binds | names.late_binds
    top = symtable.symtable(source, module, "exec")
    waiting = [top]
    while waiting:
        table = waiting.pop()
        theirs |= {s.get_name() for s in table.get_symbols() if table is top or s.is_global()}
        waiting += table.get_children()
    assert mine - theirs == set()
    assert theirs - mine <= {"__class__", ".0", "__classdict__"} | {
        n for n in theirs if n.startswith("_") and "__" in n
    }


@pytest.mark.parametrize("chapter", ["condense", "filter-detect", "sliding-window"])
def test_solutions_of_a_real_chapter_need_nothing_of_it_but_imports(chapter):
    data = json.loads(Path(f"notebooks/vision/{chapter}.ipynb").read_text(encoding="utf-8"))
    for cell in data["cells"]:
        for exercise in bank.load(chapter):
            if (
                cell["cell_type"] == "code"
                and "".join(cell["source"]).strip() == exercise.stub
                and not exercise.is_value
            ):
                cell["source"] = f'@ck.exercise("{exercise.id}")\n{exercise.solution}'
    found = slices(read(f"{chapter}.ipynb", json.dumps(data).encode()))
    assert set(found) == {exercise.id for exercise in bank.load(chapter)}
    for one in found.values():
        *before, _ = ast.parse(one.source).body
        assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in before)
        assert (one.missing, one.later, one.problem, one.notes) == ((), (), "", ())
