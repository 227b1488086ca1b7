import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrade.submission import LARGEST, Unreadable, read

CODE = 'import coursekit as ck\nck.answer("a/b", 3)'


def notebook(*sources, **more):
    cells = [dict(cell_type="code", source=s, metadata={}, outputs=[], execution_count=None) for s in sources]
    return dict(cells=cells, metadata={}, nbformat=4, nbformat_minor=5) | more


def encoded(*sources, **more):
    return json.dumps(notebook(*sources, **more)).encode()


def code(content, name="a.ipynb"):
    return [cell.source for cell in read(name, content).cells if cell.kind == "code"]


def refusal(content, name="a.ipynb"):
    with pytest.raises(Unreadable) as caught:
        read(name, content)
    return str(caught.value)


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5])
def test_every_minor_version_of_format_4_is_read(minor):
    assert code(encoded(CODE, nbformat_minor=minor)) == [CODE]


def test_format_3_is_read_through_its_worksheets():
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Title"},
        {"cell_type": "code", "input": CODE.splitlines(keepends=True), "outputs": [{"bad": 1}], "language": "python"},
    ]
    found = read("a.ipynb", json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()).cells
    assert [(c.number, c.kind, c.source) for c in found] == [(1, "markdown", "## Title"), (2, "code", CODE)]


def test_source_may_be_a_list_of_lines():
    assert code(encoded(CODE.splitlines(keepends=True))) == [CODE]


@pytest.mark.parametrize(
    "metadata", [None, [], {"kernelspec": 3}, {"kernelspec": {"name": "my-env", "language": "python"}}]
)
def test_odd_metadata_and_kernel_names_do_not_matter(metadata):
    assert code(encoded(CODE, metadata=metadata)) == [CODE]


def test_a_notebook_for_r_is_refused_by_its_language():
    assert "written for R" in refusal(encoded("x <- 3", metadata={"kernelspec": {"name": "ir", "language": "R"}}))
    assert "written for R" in refusal(encoded("x <- 3", metadata={"kernelspec": {"name": "ir"}}))


def test_python_answers_under_a_wrong_kernel_are_read_with_a_note():
    found = read("a.ipynb", encoded(CODE, metadata={"kernelspec": {"language": "R"}}))
    assert found.cells[0].source == CODE
    assert "for R" in found.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_and_windows_line_ends_are_understood(encoding):
    text = json.dumps(notebook(CODE + "  # 卷积"), indent=1, ensure_ascii=False).replace("\n", "\r\n")
    assert code(text.encode(encoding)) == [CODE + "  # 卷积"]


def test_windows_line_ends_inside_a_cell_become_line_feeds():
    assert code(encoded(CODE.replace("\n", "\r\n"))) == [CODE]


def test_a_python_file_in_an_old_chinese_encoding_is_read_with_a_note():
    found = read("a.py", (CODE + "  # 卷积神经网络").encode("gb18030"))
    assert found.cells[0].source.endswith("# 卷积神经网络")
    assert "not UTF-8 text (line 2" in found.notes[0]


def test_a_plain_python_file_is_one_cell():
    assert code(CODE.encode(), "a.py") == [CODE]


def test_an_nbconvert_export_has_a_cell_for_each_marker():
    text = "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nx = 1\n\n\n# In[ ]:\n\n\ny = 2\n"
    assert [c for c in code(text.encode(), "a.py") if not c.startswith("#!")] == ["x = 1", "y = 2"]


def test_a_jupytext_export_keeps_its_text_cells_as_text():
    text = "# %%\nx = 1\n\n# %% [markdown]\n# # Title\n\n#%% draw it\ny = 2\n"
    found = read("a.py", text.encode()).cells
    assert [(c.kind, c.source) for c in found] == [("code", "x = 1"), ("markdown", "# Title"), ("code", "y = 2")]


def test_content_decides_and_not_the_extension():
    assert code(encoded(CODE), "a.py") == [CODE]
    assert code(encoded(CODE), "a.txt") == [CODE]
    assert code(CODE.encode(), "a.ipynb") == [CODE]


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "empty (0 bytes)"),
        (b" \n ", "nothing but 3 blanks"),
        (b"\xef\xbb\xbf", "nothing but blanks"),
        (b"\0" * 5000, "all of them zero"),
        (b"PK\x03\x04" + b"x" * 50, "ZIP archive"),
        (b"PK\x03\x04....word/document.xml", "a Word document"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\n<!DOCTYPE html><html>", "a web page (HTML)"),
        (b"<?xml version='1.0'?>", "an XML document"),
        (b"{\\rtf1 hello}", "a rich-text document"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"\x00\x05\x16\x07\x00", "macOS companion"),
        (b"Dear teacher, my dog ate it.", "neither a notebook nor Python"),
        (b"[1, 2]", "JSON, but not a notebook"),
        (b'{"a": 1, "nbformat": 4}', "has no cells (it has: a, nbformat)"),
        (b'{"cells": []}', "has no cells"),
        (b'{"cells": "x"}', "where its list of cells belongs stands a text"),
        (b'{"cells": ' + b"[" * 100_000, "cells"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"cells": [' + b"[]," * 2_100_000 + b"1]}", "more than 2,000,000 lists"),
        (b'{"cells": ' + b"9" * 100_000 + b"}", "not a notebook"),
        (b'{"cells": [}, {"cell_type": "code", "source": ""}]}', "damaged in line 1, column 12"),
        (bytes(range(256)) * 100 + b"\0" * 20_000, "binary data"),
    ],
)
def test_what_cannot_be_read_is_refused_by_what_it_is(content, words):
    message = refusal(content)
    assert words in message or ("nested too deeply" in message and words == "cells")
    assert len(message) < 500


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at():
    assert "200.0 MB; 30 MB is the most" in refusal(b"[" * 200_000_000)
    assert LARGEST == 30_000_000


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.99])
def test_a_truncated_notebook_hears_where_it_ends(share):
    text = json.dumps(notebook(CODE, CODE, CODE), indent=1)
    cut = text[: int(len(text) * share)]
    assert f"it ends in line {cut.rstrip().count(chr(10)) + 1}," in refusal(cut.encode())


def test_a_merge_conflict_in_the_file_is_named_by_its_line():
    lines = json.dumps(notebook(CODE, CODE), indent=1).splitlines()
    lines[3:3] = ["<<<<<<< HEAD", "  1", "=======", "  2", ">>>>>>> theirs"]
    assert "Line 4 of the file holds a leftover of a merge conflict (<<<<<<<)" in refusal("\n".join(lines).encode())


def test_a_merge_conflict_inside_a_cell_names_the_cell():
    found = read("a.ipynb", encoded("x = 1", "y = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> theirs"))
    assert "Cell 2 holds a leftover of a merge conflict in line 2" in found.notes[0]


def test_damaged_cells_are_left_out_with_a_note_and_keep_their_number():
    cells = [3, {"cell_type": 4, "source": "x"}, {"cell_type": "code", "source": {"a": 1}}, *notebook(CODE)["cells"]]
    found = read("a.ipynb", json.dumps({"cells": cells}).encode())
    assert [cell.number for cell in found.cells] == [4]
    assert [note[:17] for note in found.notes] == ["Cell 1 is damaged", "Cell 2 is damaged", "Cell 3 is damaged"]


def test_halves_of_characters_are_replaced():
    assert code(rb'{"cells": [{"cell_type": "code", "source": "x = \"\ud800\""}]}') == ['x = "\ufffd"']


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "cell_type", "source", "metadata", "kernelspec", "language", "worksheets", "input", "level"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(json_values)
def test_wrong_types_anywhere_are_read_or_refused(value):
    for data in (
        value,
        {"cells": value},
        {"cells": [value]},
        {"worksheets": [{"cells": [value]}]},
        notebook("x") | {"metadata": value},
    ):
        with contextlib.suppress(Unreadable):  # any other exception fails this test
            read("a.ipynb", json.dumps(data).encode())


@given(st.binary(max_size=200), st.sampled_from(["a.ipynb", "a.py", "a"]))
def test_arbitrary_bytes_are_read_or_refused(content, name):
    with contextlib.suppress(Unreadable):  # any other exception fails this test
        read(name, content)
