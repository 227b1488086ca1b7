"""Whose file is it?"""

import pytest

from coursegrade.roster import read_roster
from coursekit.errors import CourseError


def roster(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


def test_a_file_is_found_by_its_exact_name_or_its_stem(tmp_path):
    class_ = roster(tmp_path, "file,student\nanna.ipynb,Anna\nbo,Bo\nweek-1/chen.ipynb,Chen\n")
    assert class_.student_of("anna.ipynb") == "Anna"
    assert class_.student_of("bo.ipynb") == "Bo"
    assert class_.student_of("week-1/chen.ipynb") == "Chen"
    assert class_.find("dora.ipynb") is None
    assert class_.student_of("dora.ipynb") == "dora"


def test_columns_come_in_any_order_and_case_with_bom_and_semicolons(tmp_path):
    class_ = roster(tmp_path, "Email;STUDENT; File\nli@x.org;李雷;a.ipynb\n;;\n", "utf-8-sig")
    student = class_.find("a.ipynb")
    assert (student.student, student.email) == ("李雷", "li@x.org")
    assert len(class_.students) == 1


def test_excels_unicode_text_is_read_too(tmp_path):
    assert roster(tmp_path, "student\tfile\n李雷\ta.ipynb\n", "utf-16").student_of("a.ipynb") == "李雷"


@pytest.mark.parametrize(
    "file",
    [
        "leeann_1001_67890_condense.ipynb",
        "leeann_LATE_1001_67890_condense.ipynb",
        "leeann_1001_67890_con_12_13_dense.ipynb",
        "Ann Lee_1001_assignsubmission_file_condense.ipynb",
        "Ann Lee_1001_assignsubmission_file/condense.ipynb",
        "Ann Lee_1001_assignsubmission_file_/condense.ipynb",
    ],
)
def test_the_names_that_canvas_and_moodle_give_downloads_lead_to_the_student(tmp_path, file):
    class_ = roster(tmp_path, "student,id\nann,1001\nbo,67890\n")
    assert class_.student_of(file) == "ann"


def test_the_gradebook_that_canvas_exports_is_a_roster(tmp_path):
    class_ = roster(
        tmp_path,
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)\n"
        "    Points Possible,,,,,10\n"
        '"Lee, Ann",1001,S9,alee1,A,\n"Lee, Ann",1002,S8,alee2,B,\n"Student, Test",9,,x,A,\n',
    )
    assert list(class_.students) == ["Lee, Ann", "Lee, Ann 1002"]
    ann = class_.find("leeann_1001_5_x.ipynb")
    assert (ann.id, ann.sis_id, ann.login, ann.section) == ("1001", "S9", "alee1", "A")
    assert class_.student_of("leeann_LATE_1002_6_x.ipynb") == "Lee, Ann 1002"
    assert "there are two of this name" in " ".join(class_.warnings)


def test_the_grading_worksheet_of_moodle_is_a_roster(tmp_path):
    class_ = roster(
        tmp_path,
        "Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Last modified (submission)\n"
        "Participant 657,Ann Lee,S9,ann@x.org,Submitted,,10.00,-\n",
    )
    ann = class_.find("Ann Lee_657_assignsubmission_file_a.ipynb")
    assert (ann.student, ann.id, ann.sis_id, ann.email) == ("Ann Lee", "657", "S9", "ann@x.org")


def test_a_file_or_folder_named_after_a_student_needs_no_column_file(tmp_path):
    class_ = roster(tmp_path, "student,login\nAnn Lee,alee1\nBo,bo7\n")
    assert class_.student_of("alee1.ipynb") == "Ann Lee"
    assert class_.student_of("BO7/condense.ipynb") == "Bo"


def test_a_file_that_two_rows_claim_belongs_to_nobody_and_is_said(tmp_path):
    class_ = roster(tmp_path, "file,student\na.ipynb,Ann\na.ipynb,Bo\n")
    assert class_.find("a.ipynb") is None
    assert any("Ann" in warning and "Bo" in warning for warning in class_.warnings)


def test_accents_match_however_they_are_written(tmp_path):
    class_ = roster(tmp_path, "file,student\nRene\u0301.ipynb,Ren\u00e9\n")
    assert class_.student_of("REN\u00c9.ipynb") == "Ren\u00e9"


def test_times_are_read_and_a_bad_one_is_named(tmp_path):
    class_ = roster(
        tmp_path,
        "file,student,submitted\na.ipynb,Ann,2026-12-01T21:07\nb.ipynb,Ann,2026-12-03\nc.ipynb,Bo,yesterday\n",
    )
    assert class_.students["Ann"].handed_in("a.ipynb").hour == 21
    assert class_.students["Ann"].handed_in("b.ipynb").day == 3
    assert class_.students["Bo"].handed_in("c.ipynb") is None
    assert "'yesterday'" in " ".join(class_.warnings)


def test_rows_without_a_student_and_contradictions_are_said(tmp_path):
    class_ = roster(tmp_path, "file,student,email\na.ipynb,,x@y\nb.ipynb,Bo,bo@x\nc.ipynb,Bo,other@x\n")
    assert class_.students["Bo"].email == "bo@x"
    assert "row 2: no student is named" in class_.warnings[0]
    assert "other@x" in class_.warnings[1]


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "no column student"),
        (b"file,points\na,1\n", "no column student"),
        ("student\nJosé\n".encode("latin-1"), "CSV UTF-8"),
        (b'student\n"\x00\n', ""),
    ],
)
def test_a_roster_that_cannot_be_used_is_one_clear_sentence(tmp_path, content, said):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    if said:
        with pytest.raises(CourseError, match=said):
            read_roster(path)
    else:
        assert read_roster(path).students


def test_a_missing_roster_is_one_clear_sentence(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")
