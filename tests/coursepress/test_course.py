"""course.py: what it does on other systems, and the sentence for everything that can go wrong."""

import ast
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

INSTALL = ("-m", "uv", "pip", "install")
NO_NETWORK = "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution found for uv"


class Computer:
    """Stands in for the processes that course.py starts; `answers` maps a part of a command to (exit code, words)."""

    def __init__(self, course: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.course = course
        self.commands: list[tuple[str, ...]] = []
        self.answers: dict[str, tuple[int, str]] = {"sys, pip": (0, course.VERSION), "config get": (1, "")}
        monkeypatch.setattr(course, "listen", self.listen)
        monkeypatch.setattr(course, "run", self.run)

    def listen(self, *command: str) -> tuple[int, str]:
        self.commands.append(command)
        line = " ".join(command)
        if "-m venv" in line:
            Path(self.course.venv_python()).parent.mkdir(parents=True, exist_ok=True)
            Path(self.course.venv_python()).touch()
        return next((answer for part, answer in self.answers.items() if part in line), (0, ""))

    def run(self, *arguments: str, folder: Path | None = None) -> int:
        self.folder = folder
        return self.listen(self.course.venv_python(), *arguments)[0]

    def ran(self, *words: str) -> list[tuple[str, ...]]:
        """The commands that hold these words one after the other."""
        return [command for command in self.commands if " ".join(words) in " ".join(command)]


@pytest.fixture
def computer(course_py: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Computer:
    return Computer(course_py, monkeypatch)


@pytest.fixture
def says(course_py: ModuleType) -> Callable[..., str]:
    """Run a task that must fail; returns what it says, which is one line."""

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as stop:
            course_py.main(list(arguments))
        words = str(stop.value.code).strip()
        assert len(words.splitlines()) == 1
        return words

    return run


def test_course_py_is_short_and_needs_only_the_standard_library(root: Path):
    source = (root / "course.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 200
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_course_py_parses_on_pythons_that_are_too_old(root: Path):
    ast.parse((root / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_every_task_of_the_makefile_is_one_of_course_py(root: Path, course_py: ModuleType):
    [line] = [line for line in (root / "Makefile").read_text().splitlines() if line.startswith("start")]
    assert set(line.rstrip(":").split()) == set(course_py.TASKS)


def test_without_a_task_the_tasks_are_listed(course_py: ModuleType, capsys: pytest.CaptureFixture[str]):
    assert course_py.main([]) == 0
    words = capsys.readouterr().out
    assert all(f"\n  {task} " in words for task in course_py.TASKS)


def test_an_unknown_task_is_wrong_usage(course_py: ModuleType, computer: Computer):
    assert course_py.main(["strat"]) == 2
    assert not computer.commands


def test_a_teachers_files_are_named_from_where_the_teacher_is(
    course_py: ModuleType, computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert course_py.main(["grade", "submissions", "--out", "grades"]) == 0
    assert computer.commands[-1][1:] == ("-m", "coursepress", "grade", "submissions", "--out", "grades")
    assert computer.folder == tmp_path
    course_py.main(["doctor"])
    assert computer.folder == course_py.ROOT


def test_a_first_run_makes_the_environment_and_installs_the_lock_with_uv(course_py: ModuleType, computer: Computer):
    assert course_py.main(["setup"]) == 0
    assert [command[1:] for command in computer.ran("-m venv")] == [("-m", "venv", str(course_py.VENV))]
    packages, coursekit = computer.ran(*INSTALL)
    assert packages[-2:] == ("-r", "requirements.lock")
    assert packages[5:7] == ("--python", course_py.venv_python())
    assert {"--no-deps", "--no-build-isolation", "-e"} <= set(coursekit)


def test_a_second_run_installs_nothing(course_py: ModuleType, computer: Computer):
    course_py.main(["setup"])
    computer.commands.clear()
    assert course_py.main(["setup"]) == 0
    assert len(computer.commands) == 1, "one look whether .venv still works"


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_is_installed_into_the_same_environment(name: str, course_py: ModuleType, computer: Computer):
    course_py.main(["setup"])
    computer.commands.clear()
    (course_py.ROOT / name).write_text("tqdm==4.70.2\n", encoding="utf-8")
    assert course_py.main(["setup"]) == 0
    assert not computer.ran("-m venv")
    assert len(computer.ran(*INSTALL)) == 2


def test_without_a_build_of_uv_plain_pip_installs(course_py: ModuleType, computer: Computer):
    computer.answers["--only-binary"] = (1, "ERROR: No matching distribution found for uv")
    assert course_py.main(["setup"]) == 0
    assert not computer.ran(*INSTALL)
    assert len(computer.ran("-m pip install", "-r requirements.lock")) == 1


def test_uv_takes_the_mirror_from_pips_settings(
    course_py: ModuleType, computer: Computer, monkeypatch: pytest.MonkeyPatch
):
    computer.answers["config get"] = (0, "https://mirror.invalid/simple")
    course_py.main(["setup"])
    assert course_py.os.environ["UV_DEFAULT_INDEX"] == "https://mirror.invalid/simple"
    monkeypatch.delenv("UV_DEFAULT_INDEX")


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("0", "0")])
def test_uv_makes_bytecode_unless_told_not_to(
    course_py: ModuleType, computer: Computer, monkeypatch: pytest.MonkeyPatch, given: str | None, used: str
):
    if given:
        monkeypatch.setenv("UV_COMPILE_BYTECODE", given)
    course_py.main(["setup"])
    assert course_py.os.environ["UV_COMPILE_BYTECODE"] == used


def test_an_interrupted_installation_is_done_again_from_the_start(
    course_py: ModuleType, computer: Computer, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_: str) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(course_py, "run", interrupted)
        assert says("setup") == "Stopped."
    assert course_py.main(["setup"]) == 0
    assert len(computer.ran("-m venv")) == 2
    computer.commands.clear()
    assert course_py.main(["setup"]) == 0
    assert not computer.ran(*INSTALL)


def test_a_changed_lock_without_a_network_leaves_the_old_environment_working(
    course_py: ModuleType, computer: Computer, says: Callable[..., str]
):
    course_py.main(["setup"])
    (course_py.ROOT / "requirements.lock").write_text("tqdm==4.70.2\n", encoding="utf-8")
    healthy = dict(computer.answers)
    computer.answers["-r requirements.lock"] = (1, "dns error")
    assert "index cannot be reached" in says("setup")
    computer.answers = healthy
    assert course_py.main(["setup"]) == 0
    assert len(computer.ran("-m venv")) == 1


@pytest.mark.parametrize("rest", ["", "{", '{"made": true}'])
def test_an_interrupted_making_of_the_environment_is_repaired(rest: str, course_py: ModuleType, computer: Computer):
    course_py.VENV.mkdir()
    course_py.STAMP.write_text(rest, encoding="utf-8")
    (course_py.VENV / "half").mkdir()
    computer.answers["sys, pip"] = (1, "No module named pip")
    assert course_py.main(["setup"]) == 0
    assert len(computer.ran("-m venv")) == 1
    assert not (course_py.VENV / "half").exists()


def test_an_environment_of_another_python_is_made_again_with_a_sentence(
    course_py: ModuleType, computer: Computer, capsys: pytest.CaptureFixture[str]
):
    course_py.main(["setup"])
    computer.commands.clear()
    computer.answers["sys, pip"] = (0, "3.11")
    assert course_py.main(["setup"]) == 0
    assert "does not run Python 3.12 with pip: making it again" in capsys.readouterr().out
    assert len(computer.ran("-m venv")) == 1


def test_an_environment_that_moved_is_made_again_with_a_sentence(
    course_py: ModuleType, computer: Computer, capsys: pytest.CaptureFixture[str]
):
    course_py.main(["setup"])
    stamp = course_py.STAMP.read_text(encoding="utf-8")
    course_py.STAMP.write_text(stamp.replace('"root": "', '"root": "/elsewhere'), encoding="utf-8")
    assert course_py.main(["setup"]) == 0
    assert "was made in another folder: making it again" in capsys.readouterr().out
    assert len(computer.ran("-m venv")) == 2


def test_a_working_environment_made_by_hand_is_used_as_it_is(course_py: ModuleType, computer: Computer):
    (course_py.VENV / "bin").mkdir(parents=True)
    assert course_py.main(["setup"]) == 0
    assert not computer.ran("-m venv")
    assert len(computer.ran(*INSTALL)) == 2


def test_an_unusable_environment_made_by_hand_is_never_deleted(
    course_py: ModuleType, computer: Computer, says: Callable[..., str]
):
    (course_py.VENV / "bin").mkdir(parents=True)
    computer.answers["sys, pip"] = (0, "3.10")
    assert "course.py did not make it: rename it" in says("setup")
    assert (course_py.VENV / "bin").is_dir()


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_a_wrong_python_is_told_which_one_to_install(
    version: str,
    course_py: ModuleType,
    computer: Computer,
    says: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(course_py, "VERSION", version)
    computer.answers = {"python3": (-1, "no such file")}
    expected = f"This is Python {version}, and TensorFlow 2.21 needs Python 3.11, 3.12 or 3.13. Install Python 3.13."
    assert says("start") == expected
    assert not course_py.VENV.exists()


@pytest.mark.parametrize(("windows", "call"), [(False, "python3.12"), (True, "py -3.12")])
def test_a_wrong_python_names_a_right_one_that_is_there(
    windows: bool,
    call: str,
    course_py: ModuleType,
    computer: Computer,
    says: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(course_py, "VERSION", "3.9")
    monkeypatch.setattr(course_py, "WINDOWS", windows)
    monkeypatch.setattr(sys, "argv", ["course.py", "start"])
    computer.answers = {call: (0, ""), "": (-1, "no such file")}
    assert says("start").endswith(f"run {call} course.py start")


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "x86_64"), ("Windows", "ARM64")])
def test_a_computer_without_tensorflow_is_told_so(
    system: str, machine: str, course_py: ModuleType, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(course_py.platform, "system", lambda: system)
    monkeypatch.setattr(course_py.platform, "machine", lambda: machine)
    assert f"no build for {system}, {machine.lower()}" in says("start")


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "arm64"), ("Windows", "AMD64"), ("Linux", "aarch64")])
def test_a_computer_with_tensorflow_goes_on(
    system: str, machine: str, course_py: ModuleType, computer: Computer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(course_py.platform, "system", lambda: system)
    monkeypatch.setattr(course_py.platform, "machine", lambda: machine)
    assert course_py.main(["setup"]) == 0


def test_a_python_without_its_venv_module_names_the_package(
    course_py: ModuleType, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(course_py.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    assert "apt install python3.12-venv" in says("setup")
    assert not course_py.VENV.exists()


def test_a_disk_without_space_stops_before_anything_is_written(
    course_py: ModuleType, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(course_py.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    assert says("setup") == "The disk is full: .venv takes 4 GB. Make room and run this again."
    assert not course_py.VENV.exists()


@pytest.mark.parametrize(
    ("part", "words", "expected"),
    [
        ("--only-binary", NO_NETWORK, "The package index cannot be reached"),
        (
            "-r requirements.lock",
            "error: Failed to fetch\n  Caused by: dns error",
            "The package index cannot be reached",
        ),
        ("-r requirements.lock", "No space left on device (os error 28)", "The disk is full"),
        ("-r requirements.lock", "Access is denied. (os error 5)", "Writing to"),
        ("-m venv", "Error: [Errno 13] Permission denied: '.venv'", "Writing to"),
        (
            "-r requirements.lock",
            "boom\nerror: nobody knows",
            "CONTRIBUTING.md lists known causes. error: nobody knows",
        ),
    ],
)
def test_a_failing_installation_is_one_sentence(
    part: str, words: str, expected: str, course_py: ModuleType, computer: Computer, says: Callable[..., str]
):
    computer.answers = {part: (1, words), **computer.answers}
    assert expected in says("setup")


def test_a_folder_that_cannot_be_written_is_one_sentence(
    course_py: ModuleType, computer: Computer, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", ".venv")

    monkeypatch.setattr(type(course_py.VENV), "mkdir", refuse)
    assert "failed: close what uses its .venv" in says("setup")


def test_ctrl_c_is_one_sentence(course_py: ModuleType, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch):
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(course_py, "set_up", interrupted)
    assert says("setup") == "Stopped."


def test_windows_keeps_python_in_scripts(course_py: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(course_py, "WINDOWS", True)
    assert Path(course_py.venv_python()).relative_to(course_py.VENV).parts == ("Scripts", "python.exe")


def test_a_tools_exit_code_is_passed_on(course_py: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(course_py, "venv_python", lambda: sys.executable)
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert course_py.run("-c", "raise SystemExit(7)") == 7
    finally:
        signal.signal(signal.SIGTERM, before)


def test_ctrl_c_waits_for_the_tool_to_end_and_starts_no_further_one(
    course_py: ModuleType, says: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    processes = []

    class Process:
        def __init__(self, *_: object, **__: object) -> None:
            self.waits = 0
            processes.append(self)

        def wait(self) -> int:
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt
            return 5

    monkeypatch.setattr(course_py, "set_up", lambda: None)
    monkeypatch.setattr(course_py, "listen", lambda *_: (0, ""))
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert says("test") == "Stopped."
    assert [process.waits for process in processes] == [2]


def test_arguments_reach_the_tool(course_py: ModuleType, computer: Computer):
    course_py.main(["start", "--port", "9000", "--no-browser"])
    expected = (course_py.venv_python(), "-m", "coursepress", "start", "--port", "9000", "--no-browser")
    assert computer.commands[-1] == expected


@pytest.mark.parametrize("arguments", [[], ["--thorough"]])
def test_every_part_of_the_test_task_runs_though_all_of_them_fail(
    arguments: list[str], course_py: ModuleType, computer: Computer, capsys: pytest.CaptureFixture[str]
):
    course_py.main(["setup"])
    computer.answers = {"sys, pip": (0, "3.12"), "": (3, "")}
    capsys.readouterr()
    assert course_py.main(["test", *arguments]) == 3
    report = capsys.readouterr().out.splitlines()
    assert "set-up" in report[0]
    for part in ("ruff check", "ruff format", "mypy", "pytest -n0", "coursepress build", "coursepress.network"):
        assert computer.ran(f"-m {part}")
        assert [line for line in report if part in line and line.endswith("FAILED")], part
    assert list(computer.commands[-1][-1:]) == (arguments or ["--ignore=tests/coursepress/test_fresh_copy.py"])


def test_lint_the_fresh_set_up_and_the_book_run_side_by_side_and_end_before_the_tests(
    course_py: ModuleType, computer: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    course_py.main(["setup"])
    all_have_begun, ended = threading.Barrier(5), []

    def listen(*command: str) -> tuple[int, str]:
        if "-m" not in command:
            return computer.listen(*command)
        all_have_begun.wait(60)
        ended.append(command)
        return 1, f"what {command[2]} said"

    def run(*arguments: str, folder: Path) -> int:
        assert folder == course_py.ROOT
        assert len(ended) == 5 and "coursepress.network" in arguments
        return 0

    monkeypatch.setattr(course_py, "listen", listen)
    monkeypatch.setattr(course_py, "run", run)
    assert course_py.main(["test"]) == 1
    printed = capsys.readouterr().out
    assert all(f"what {tool} said\n" in printed for tool in ("ruff", "mypy", "pytest", "coursepress"))


def test_one_failing_part_fails_the_test_task(course_py: ModuleType, computer: Computer):
    course_py.main(["setup"])
    assert course_py.main(["test"]) == 0
    computer.answers["-m mypy"] = (1, "")
    assert course_py.main(["test"]) == 1


def test_chosen_tests_run_with_the_network_blocked_and_without_lint(course_py: ModuleType, computer: Computer):
    course_py.main(["test", "tests/coursekit", "-k", "stride"])
    assert not computer.ran("ruff")
    wrapper = (course_py.venv_python(), "-m", "coursepress.network", "--", course_py.venv_python(), "-m")
    assert computer.commands[-1][:6] == wrapper
    assert computer.commands[-1][-3:] == ("tests/coursekit", "-k", "stride")


def test_one_space_in_the_path_of_python_does_not_split_it(course_py: ModuleType, computer: Computer):
    assert " " in course_py.venv_python()
    course_py.main(["test", "-x"])
    assert computer.commands[-1][4] == course_py.venv_python()
