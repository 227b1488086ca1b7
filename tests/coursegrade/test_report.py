"""Tables, data and pages of a graded class."""

import json
import os
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from coursegrade.report import Entry, write_reports
from coursegrade.report.feedback import file_names
from coursegrade.results import AnswerResult, Ending, SubmissionResult
from coursegrade.roster import read_roster
from coursegrade.spreadsheet import guarded, replace_file, unguarded
from coursekit.checks.diagnosis import Finding
from coursekit.errors import CourseError

ONE, TWO = "demo/one", "demo/two"
CODE = 'def two(values):\n    return "<b>bold</b>" + values[0]'
EVIL = '=HYPERLINK("http://evil.example";"click")<script>alert(1)</script>'


def right(exercise=ONE, **more):
    return AnswerResult(exercise, Ending.GRADED, "correct", 2.0, 2.0, seconds=0.5, **more)


def wrong(exercise=TWO, message="You took the mean. Take the `max`.", **more):
    finding = Finding(message, (("Input", "values=[1, 2]\nsize=2"), ("Expected", "2")))
    return AnswerResult(
        exercise, Ending.GRADED, "not yet", 0.0, 3.0, (finding,), misconceptions=(message,), source=CODE, **more
    )


def missing(exercise):
    return AnswerResult(exercise, Ending.MISSING, maximum=3.0)


def entry(file="anna.ipynb", *answers, student="", submitted=None):
    limits = ("own network, none reachable",)
    result = SubmissionResult(file, Ending.GRADED, "", answers or (right(), wrong()), limits=limits, seconds=1.5)
    return Entry(file, student, result, submitted=submitted)


def roster(folder, text):
    path = folder / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path)


def read(path, **more):
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, **more)


# Tables -------------------------------------------------------------------------------------------------------------


def test_grades_hold_one_row_per_answer(tmp_path):
    write_reports(tmp_path, [entry("bo.ipynb"), entry("anna.ipynb", right(), missing(TWO))])
    grades = read(tmp_path / "grades.csv")
    assert list(grades) == [
        "student", "file", "exercise", "points", "max", "state", "ending", "message", "seconds",
        "override", "override reason", "override by", "submitted",
    ]  # fmt: skip
    assert list(grades.student) == ["anna", "anna", "bo", "bo"]
    assert list(grades.points) == [2, 0, 2, 0]
    assert list(grades["max"]) == [2, 3, 2, 3]
    assert list(grades.ending) == ["graded", "missing exercise", "graded", "graded"]
    assert grades.message[3] == "You took the mean. Take the `max`."


def test_the_wide_table_adds_up_and_holds_who_handed_in_nothing(tmp_path):
    class_ = roster(tmp_path, "student,file\nAnna,anna\nBo,bo\n")
    write_reports(tmp_path, [entry()], roster=class_)
    wide = read(tmp_path / "wide.csv", index_col="student")
    assert list(wide) == [ONE, TWO, "total", "max", "submitted", "remark"]
    assert list(wide.loc["Anna"][[ONE, TWO, "total", "max"]]) == [2, 0, 2, 5]
    assert list(wide.loc["Bo"][[ONE, TWO, "total", "max", "remark"]]) == [0, 0, 0, 5, "nothing handed in"]


def test_columns_stand_in_the_order_of_the_chapter_whatever_was_handed_in_first(tmp_path):
    write_reports(tmp_path, [entry("a.ipynb", right("sliding-window/smooth"), right("sliding-window/output-size"))])
    assert list(read(tmp_path / "wide.csv"))[1:3] == ["sliding-window/output-size", "sliding-window/smooth"]


def test_canvas_gets_the_columns_and_the_row_that_its_importer_looks_for(tmp_path):
    class_ = roster(tmp_path, "student,name,id,sis_id,login,section\nann,\"Lee, Ann\",1001,007,alee1,A\n")  # fmt: skip
    write_reports(tmp_path, [entry("leeann_1001_5_x.ipynb")], roster=class_, assignment="Homework 1 (77)")
    assert (tmp_path / "canvas.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)",
        "    Points Possible,,,,,5",
        '"Lee, Ann",1001,007,alee1,A,2',
    ]


def test_moodle_gets_the_columns_of_its_worksheet(tmp_path):
    class_ = roster(tmp_path, "student,name,email,id,sis_id\nann,Ann Lee,ann@x.org,657,S9\n")
    write_reports(tmp_path, [entry("Ann Lee_657_assignsubmission_file_/x.ipynb")], roster=class_)
    (row,) = read(tmp_path / "moodle.csv").to_dict("records")
    assert list(row) == [
        "Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum Grade", "Last modified (grade)",
        "Feedback comments",
    ]  # fmt: skip
    assert row["Identifier"] == "Participant 657"
    assert (row["ID number"], row["Email address"], row["Grade"], row["Maximum Grade"]) == ("S9", "ann@x.org", 2, 5)
    assert "demo/two: not yet, 0 of 3" in row["Feedback comments"]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_no_cell_can_start_a_formula(start, tmp_path):
    assert guarded(start).startswith("'")
    assert unguarded(guarded("=1+1")) == "=1+1"
    write_reports(tmp_path, [entry(f"{start}.ipynb", wrong(message=start), student=start)], assignment=start)
    for path in tmp_path.glob("*.csv"):
        for row in pd.read_csv(path, header=None, encoding="utf-8-sig", keep_default_na=False, dtype=str).to_numpy():
            assert [cell for cell in row if re.match(r"\s*[=+\-@＝]|[\t\r\n]", cell)] == []


def test_tables_are_utf_8_with_a_mark_that_excel_reads(tmp_path):
    write_reports(tmp_path, [entry("李雷.ipynb")])
    for path in tmp_path.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(read(tmp_path / "wide.csv").student) == ["李雷"]


def test_messages_with_quotes_newlines_and_control_characters_stay_in_their_cell(tmp_path):
    message = 'a "quoted", cell;\nwith\x00\x1b[31m a \ud800 newline'
    write_reports(tmp_path, [entry("anna.ipynb", wrong(message=message))])
    grades = read(tmp_path / "grades.csv")
    assert len(grades) == 1
    assert grades.message[0].startswith('a "quoted", cell;\nwith\ufffd')


# One student, several files -----------------------------------------------------------------------------------------


def test_files_of_one_student_make_one_row_and_the_latest_answer_counts(tmp_path):
    class_ = roster(
        tmp_path, "file,student,submitted\nlast,Anna,2026-12-02T10:00\nfirst,Anna,2026-12-01T10:00\nz-old,Anna,\n"
    )
    entries = [
        entry("last.ipynb", right(), missing(TWO)),
        entry("first.ipynb", right(TWO)),
        entry("z-old.ipynb", wrong(ONE)),
    ]
    write_reports(tmp_path, entries, roster=class_)
    grades = read(tmp_path / "grades.csv", index_col="exercise")
    assert list(grades.loc[[ONE, TWO]].file) == ["last.ipynb", "first.ipynb"]
    assert list(grades.points) == [2, 2]


def test_a_file_that_cannot_be_read_gives_0_and_says_why_for_every_exercise(tmp_path):
    broken = Entry("bo.ipynb", "", SubmissionResult("bo.ipynb", Ending.CANNOT_READ, "It is cut off in line 7."))
    write_reports(tmp_path, [entry(), broken])
    grades = read(tmp_path / "grades.csv")
    bo = grades[grades.student == "bo"]
    assert list(bo.ending) == ["cannot read", "cannot read"]
    assert list(bo.message) == ["It is cut off in line 7."] * 2
    page = (tmp_path / "feedback" / "bo.html").read_text(encoding="utf-8")
    assert page.count("It is cut off in line 7.") == 1
    assert page.count("Cannot be read") == 2


def test_files_that_are_nobodys_are_listed_and_graded_under_their_own_name(tmp_path):
    class_ = roster(tmp_path, "student,file\nAnna,anna\n")
    written = write_reports(tmp_path, [entry(), entry("stranger.ipynb")], roster=class_)
    assert "stranger.ipynb is nobody's on the roster; it is listed under its own name." in written.warnings
    assert list(read(tmp_path / "wide.csv").student) == ["Anna", "stranger"]


# Times, answers and overrides ---------------------------------------------------------------------------------------


def test_the_tables_carry_when_each_file_came_with_its_zone(tmp_path):
    early, late = (datetime.fromisoformat(f"2026-12-0{day}T01:59+08:00") for day in (1, 2))
    both = [entry("anna-1.ipynb", right(), student="Anna", submitted=early)]
    both += [entry("anna-2.ipynb", wrong(), student="Anna", submitted=late), entry("bo.ipynb", right(), student="Bo")]
    write_reports(tmp_path, both)
    assert list(read(tmp_path / "grades.csv").submitted) == [early.isoformat(), late.isoformat(), "", ""]
    assert list(read(tmp_path / "wide.csv").submitted) == [late.isoformat(), ""]


def test_answers_are_written_for_programs_that_look_for_likeness_if_asked_for(tmp_path):
    class_ = [entry("anna.ipynb"), entry("bo.ipynb", right(), missing(TWO))]
    write_reports(tmp_path, class_)
    assert not (tmp_path / "answers").exists()
    write_reports(tmp_path, class_, answers=True)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("answers/*/*")] == [
        "answers/demo-two/anna.py"
    ]
    assert (tmp_path / "answers/demo-two/anna.py").read_text(encoding="utf-8") == CODE
    again = [entry("anna.ipynb", right()), entry("bo.ipynb")]
    said = "answers/demo-two/anna.py is from an earlier run: nobody of this class has it."
    assert said in write_reports(tmp_path, again, answers=True).warnings
    assert said not in write_reports(tmp_path, again).warnings


def test_overrides_survive_grading_again_and_show_everywhere(tmp_path):
    write_reports(tmp_path, [entry()])
    given = "student,exercise,points,reason,by\nanna,demo/two,2.5,A fine idea,Dr. Wu\nzoe,demo/two,1,,\n"
    (tmp_path / "overrides.csv").write_text(given, encoding="utf-8")
    for _ in range(2):
        written = write_reports(tmp_path, [entry()])
    assert (tmp_path / "overrides.csv").read_text(encoding="utf-8") == given
    row = read(tmp_path / "grades.csv").iloc[1]
    assert list(row[["points", "override", "override reason", "override by"]]) == [2.5, "2.5", "A fine idea", "Dr. Wu"]
    assert read(tmp_path / "wide.csv").total[0] == 4.5
    page = (tmp_path / "feedback" / "anna.html").read_text(encoding="utf-8")
    assert "given by hand" in page and "A fine idea" in page and "Dr. Wu" in page
    assert any("zoe" in warning for warning in written.warnings)


# Data ---------------------------------------------------------------------------------------------------------------


def test_results_and_all_other_files_are_the_same_bytes_whatever_the_order(tmp_path):
    entries = [entry("anna.ipynb"), entry("bo.ipynb"), entry("chen.ipynb", right(TWO), right())]
    write_reports(tmp_path / "a", entries)
    write_reports(tmp_path / "b", entries[::-1])
    a, b = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*.*")} for f in (tmp_path / "a", tmp_path / "b"))
    assert a == b
    data = json.loads(a[Path("results.json")])
    assert data["exercises"] == {ONE: 2.0, TWO: 3.0}
    result = data["students"][0]["files"][0]
    assert SubmissionResult.from_data(result) == entries[0].result


def test_the_summary_counts_what_the_class_did(tmp_path):
    flagged = wrong(flags=("It reads the bank's files.",))
    crashed = AnswerResult(TWO, Ending.CRASHED, maximum=3.0, seconds=7.0)
    class_ = roster(tmp_path, "student\nanna\nbo\nchen\ndora\n")
    entries = [entry("anna.ipynb", right(), flagged), entry("bo.ipynb"), entry("chen.ipynb", right(), crashed)]
    write_reports(tmp_path, entries, roster=class_)
    data = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    one, two = data["exercises"]
    assert (one["correct"], one["pass_rate"], two["not_yet"], two["not_graded"]) == (3, 0.75, 2, 1)
    assert data["misconceptions"] == [{"exercise": TWO, "count": 2, "message": "You took the mean. Take the `max`."}]
    assert data["handed_in_nothing"] == ["dora"]
    assert [one["student"] for one in data["ungraded"]] == ["chen"]
    assert data["flags"] == [{"student": "anna", "exercise": TWO, "flag": "It reads the bank's files."}]
    assert data["slowest"][0] == {"student": "chen", "exercise": TWO, "seconds": 7.0}
    assert data["endings"]["answers"] == {"graded": 5, "crashed": 1}
    assert data["limits"] == ["own network, none reachable"]
    page = (tmp_path / "summary.html").read_text(encoding="utf-8")
    assert "It reads the bank&#39;s files." in page
    assert 'href="feedback/dora.html"' in page


def test_an_empty_class_makes_empty_reports(tmp_path):
    assert write_reports(tmp_path, []).warnings == ()
    assert len(read(tmp_path / "wide.csv")) == 0


# Pages --------------------------------------------------------------------------------------------------------------


def page_of(folder, *answers, **more):
    write_reports(folder, [entry("anna.ipynb", *answers)], **more)
    return (folder / "feedback" / "anna.html").read_text(encoding="utf-8")


def test_a_page_shows_everything_about_its_learner_and_nothing_for_the_teacher(tmp_path):
    notes = ("What your function prints is not shown here.",)
    page = page_of(tmp_path, right(), wrong(notes=notes, flags=("looked for the judge",)))
    for shown in ("Correct", "Not yet", "2 of 2 points", "0 of 3 points", "<code>max</code>", "values=[1, 2]", *notes):
        assert shown in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "looked for the judge" not in page


def test_a_page_holds_nobody_elses_data(tmp_path):
    write_reports(tmp_path, [entry("anna.ipynb"), entry("bo.ipynb", wrong(message="Bo's own message"))])
    page = (tmp_path / "feedback" / "anna.html").read_text(encoding="utf-8")
    assert not re.search(r"\bbo\b|Bo's", page)


def test_hints_of_the_bank_are_there_and_its_solution_only_when_released(tmp_path):
    answer = wrong("sliding-window/output-size")
    page = page_of(tmp_path, answer)
    assert "Hint 1" in page and "Solution" not in page
    assert "Solution" in page_of(tmp_path, answer, solutions=True)
    assert "Hint 1" not in page_of(tmp_path, right("sliding-window/output-size"))


def test_the_task_stands_whole_on_the_page(tmp_path):
    page = " ".join(page_of(tmp_path, wrong("condense/to-a-quarter")).split())
    assert "(size, size, channels) to (size/4, size/4, channels).</p>" in page
    assert "<code>size</code> is a multiple of 4." in page


def test_pages_speak_the_learners_language(tmp_path):
    page = page_of(tmp_path, language="zh")
    assert '<html lang="zh">' in page and "正确" in page


@pytest.mark.parametrize(
    "ending, word",
    [
        (Ending.TIMED_OUT, "Ran out of time"),
        (Ending.OUT_OF_MEMORY, "Ran out of memory"),
        (Ending.CRASHED, "Crashed"),
        (Ending.TOO_MUCH_OUTPUT, "Too much output"),
        (Ending.NO_NETWORK, "Asked for the network"),
        (Ending.CANNOT_READ, "Cannot be read"),
        (Ending.MISSING, "Not handed in"),
        (Ending.NOT_JUDGED, "Cannot check"),
    ],
)
def test_every_ending_has_a_word(tmp_path, ending, word):
    assert word in page_of(tmp_path, AnswerResult(ONE, ending, maximum=1.0))


def test_hostile_names_and_messages_are_text_on_every_page(tmp_path):
    file = f"{EVIL}.ipynb"
    result = SubmissionResult(file, Ending.GRADED, EVIL, (wrong(message=EVIL, notes=(EVIL,), flags=(EVIL,)),), (EVIL,))
    written = write_reports(tmp_path, [Entry(file, EVIL, result, name=EVIL)], assignment=EVIL)
    pages = [path for path in written.files if path.suffix == ".html"]
    assert len(pages) == 2
    for path in pages:
        page = path.read_text(encoding="utf-8")
        assert "<script" not in page and "alert(1)" in page
        assert "default-src 'none'" in page


NAMES = [
    "anna", "Anna", "ANNA", "李雷", "../../etc/passwd", "CON", "nul.txt", "a/b", "a\\b", "a:b", ".", "..", "", " ",
    "x" * 300, "李" * 300, "name.", "e\u0301", "\u00e9", "🙂", "a\x00b", "\ud800", "week-1/anna",
]  # fmt: skip


def test_file_names_are_unique_and_safe_on_every_system():
    names = file_names(NAMES)
    assert len({name.casefold() for name in names.values()}) == len(NAMES)
    for name in names.values():
        stem = name.removesuffix(".html")
        assert re.fullmatch(r"[\w\-.@]+", name) and len(name.encode()) <= 100
        assert stem.partition(".")[0].upper() not in {"CON", "NUL", "AUX", "PRN"} and stem[-1] not in ". "
    assert names["李雷"] == "李雷.html"


def test_a_students_file_name_does_not_depend_on_the_others_unless_they_collide():
    assert file_names(["a/b"])["a/b"] == file_names(NAMES)["a/b"]


def test_every_name_gets_its_page_on_disk(tmp_path):
    write_reports(tmp_path, [entry(f"{i}.ipynb", student=name) for i, name in enumerate(NAMES) if name])
    assert len(list((tmp_path / "feedback").iterdir())) == len([name for name in NAMES if name])


def test_pages_of_earlier_runs_are_named_not_removed(tmp_path):
    write_reports(tmp_path, [entry("anna.ipynb"), entry("bo.ipynb")])
    written = write_reports(tmp_path, [entry("anna.ipynb")])
    assert (tmp_path / "feedback" / "bo.html").exists()
    assert "feedback/bo.html is from an earlier run: nobody of this class has it." in written.warnings


# Writing ------------------------------------------------------------------------------------------------------------


def test_a_failed_write_is_one_sentence_and_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    replace_file(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CourseError, match="No space left on device"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_get_the_rights_that_the_folder_of_results_would_give_any_file(tmp_path):
    (tmp_path / "plain").touch()
    replace_file(tmp_path / "written", b"")
    assert (tmp_path / "written").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(CourseError, match="cannot be"):
        write_reports(tmp_path / "out", [entry()])


# In a browser -------------------------------------------------------------------------------------------------------

AXE = Path(__file__).resolve().parents[2] / "book" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = "() => axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_fit_the_screen_and_ask_for_nothing(browser, tmp_path, scheme, width):
    layers = Finding("Layer 2 differs.", table=(("yours", "asked"), ("Dense(3)", "Dense(3)"), ("Flatten()", "ReLU()")))
    table = AnswerResult("demo/three", Ending.GRADED, "not yet", 0, 1, (layers,), flags=("odd",), source=CODE * 40)
    crashed = AnswerResult("demo/four", Ending.CRASHED, maximum=1.0)
    class_ = roster(tmp_path, "student\nanna\nbo\nlate\n")
    (tmp_path / "overrides.csv").write_text("student,exercise,points,reason\nanna,demo/two,1,ok\n", encoding="utf-8")
    entries = [entry("anna.ipynb", right(), wrong(), table, crashed), entry("bo.ipynb", right(), wrong())]
    written = write_reports(tmp_path, entries, roster=class_, solutions=True)
    for path in (path for path in written.files if path.suffix == ".html"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        for fold in page.locator("details").all():
            fold.evaluate("node => node.open = true")
        page.add_script_tag(path=AXE)
        assert page.evaluate(RUN_AXE) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert asked == [path.as_uri()]
        page.close()
