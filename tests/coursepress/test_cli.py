"""The command `coursekit`: what it understands, what it says, which exit codes it gives."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from coursekit.errors import CourseError
from coursepress import doctor
from coursepress.cli import main

from .conftest import notebook


@pytest.fixture
def in_small_course(small_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_course / "notebooks")
    return small_course.resolve()


def replace(monkeypatch: pytest.MonkeyPatch, module: str, **names: object) -> None:
    """Put a module with these names in the place of a part of coursekit."""
    fake = ModuleType(module)
    vars(fake).update(names)
    monkeypatch.setitem(sys.modules, module, fake)


def modules_after(*code: str) -> set[str]:
    """The modules that a fresh Python holds after running this code."""
    program = ["import sys", *code, "print(*sys.modules)"]
    done = subprocess.run([sys.executable, "-c", "\n".join(program)], capture_output=True, encoding="utf-8", check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_heavy():
    show_help = ["from coursepress.cli import main", "try: main(['--help'])", "except SystemExit: pass"]
    heavy = {"tensorflow", "keras", "numpy", "matplotlib", "nbformat", "jupyter_server", "IPython", "tornado"}
    assert not heavy & modules_after(*show_help)


def test_python_m_coursekit_is_the_same_command():
    done = subprocess.run([sys.executable, "-m", "coursepress", "--help"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0
    assert all(f"\n    {name} " in done.stdout for name in ("start", "reset", "doctor", "build", "execute"))


@pytest.mark.parametrize(
    "arguments",
    [[], ["strat"], ["start", "--port", "70000"], ["start", "--port", "-1"], ["execute", "--jobs", "0"], ["reset"]],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: coursekit" in capsys.readouterr().err


def test_a_wrong_port_is_explained(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["start", "--port", "http"])
    assert "expected a port from 0 (any free one) to 65535, not 'http'" in capsys.readouterr().err


def test_start_copies_the_chapters_and_serves(in_small_course: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []
    start = lambda root, **options: calls.append((root, options)) or 0  # noqa: E731
    replace(monkeypatch, "coursepress.serve", start=start)
    assert main(["start", "--port", "9000", "--no-browser"]) == 0
    assert calls == [(in_small_course, {"port": 9000, "browser": False})]
    assert (in_small_course / "work" / "vision" / "condense.ipynb").exists()


def test_execute_runs_all_chapters_or_the_named_ones_once(in_small_course: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []
    execute = lambda paths, **options: calls.append(([path.stem for path in paths], options)) or 3  # noqa: E731
    replace(monkeypatch, "coursepress.execute", execute=execute)
    assert main(["execute"]) == 3
    assert main(["execute", "condense", "vision/condense", "--check", "--jobs", "1", "--seeds", "20"]) == 3
    plain = {"jobs": 2, "refresh": False, "seeds": None, "check": False}
    assert calls == [
        (["neuron", "condense"], plain),
        (["condense"], {"jobs": 1, "refresh": False, "seeds": 20, "check": True}),
    ]


def test_reset_says_where_both_copies_are(in_small_course: Path, capsys: pytest.CaptureFixture[str]):
    copy = in_small_course / "work" / "vision" / "condense.ipynb"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(notebook("my answer"))
    assert main(["reset", "condense"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"A fresh copy is in {copy.relative_to(in_small_course)}."
    aside = in_small_course / second.removeprefix("Your old copy is now ").removesuffix(".")
    assert aside.read_bytes() == notebook("my answer")


def test_an_unknown_chapter_is_one_paragraph_and_exit_code_1(in_small_course: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["reset", "nothing-like-it"]) == 1
    expected = "There is no chapter 'nothing-like-it'. The chapters are: networks/neuron, vision/condense.\n"
    assert capsys.readouterr().err == expected


def test_our_errors_show_no_traceback(
    in_small_course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def build(*_: object, **__: object) -> Path:
        raise CourseError("The book cannot be built because of this.")

    replace(monkeypatch, "coursepress.build", build=build)
    assert main(["build"]) == 1
    assert capsys.readouterr().err == "The book cannot be built because of this.\n"


def test_ctrl_c_is_exit_code_130(in_small_course: Path, monkeypatch: pytest.MonkeyPatch):
    def build(*_: object, **__: object) -> Path:
        raise KeyboardInterrupt

    replace(monkeypatch, "coursepress.build", build=build)
    assert main(["build"]) == 130


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("note", 0), ("problem", 1)])
def test_the_doctors_exit_code_tells_whether_a_learner_can_work(
    state: str, code: int, in_small_course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(doctor, "examine", lambda root: [doctor.Finding("Disk", state, "so so", "do this")])
    assert main(["doctor"]) == code
    assert "do this" in capsys.readouterr().out
