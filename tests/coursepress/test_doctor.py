"""The doctor's page: right about what is there, and never a crash about what is not."""

import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursepress import doctor


def finding(topic: str, root: Path) -> doctor.Finding:
    [found] = [found for found in doctor.examine(root) if found.topic == topic]
    return found


@pytest.fixture
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the seconds that importing TensorFlow takes."""
    monkeypatch.setattr(doctor, "_tensorflow", lambda: doctor.Finding("TensorFlow", "ok", "not asked"))


def tensorflow(monkeypatch: pytest.MonkeyPatch, program: str) -> doctor.Finding:
    """What the doctor says if importing TensorFlow did what this program does."""
    monkeypatch.setattr(doctor, "_TENSORFLOW", program)
    return doctor._tensorflow()


def test_this_environment_is_healthy(root: Path):
    findings = doctor.examine(root)
    page = doctor.page(findings)
    assert not [found for found in findings if found.state == "problem"], page
    assert page.endswith("Everything a learner needs works.")
    assert len(page.splitlines()) < 40, "one page"


@pytest.mark.usefixtures("without_tensorflow")
def test_a_package_that_differs_from_the_lock_is_named(small_course: Path):
    lock = "tqdm==0.0.1\nno-such-package==1.0\nnumpy==0 ; sys_platform == 'nowhere'\n"
    (small_course / "requirements.lock").write_text(lock, encoding="utf-8")
    found = finding("Packages", small_course)
    assert found.state == "problem"
    assert found.text.startswith("2 of 2 are not as requirements.lock says: tqdm 4.")
    assert "no-such-package is missing" in found.text


@pytest.mark.usefixtures("without_tensorflow")
def test_the_page_appears_whatever_is_broken(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    (small_course / "requirements.lock").unlink()
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    found = {one.topic: one for one in doctor.examine(small_course)}
    assert found["Disk"].state == "problem"
    assert "FileNotFoundError" in found["(doctor)"].text
    assert "Problems to fix" in doctor.page(list(found.values()))


def test_a_broken_tensorflow_is_a_problem_with_advice(monkeypatch: pytest.MonkeyPatch):
    found = tensorflow(monkeypatch, "raise ImportError('DLL load failed')")
    assert (found.state, found.advice) == ("problem", doctor.INSTALL)
    assert found.text == "cannot be imported: ImportError: DLL load failed"


def test_a_tensorflow_that_hangs_is_a_problem(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "IMPORT_SECONDS", 0.2)
    assert tensorflow(monkeypatch, "import time; time.sleep(60)").state == "problem"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_processor_without_avx_is_named(monkeypatch: pytest.MonkeyPatch):
    found = tensorflow(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    assert "AVX" in found.advice


@pytest.mark.usefixtures("without_tensorflow")
def test_a_busy_port_names_another_one(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(doctor, "PORT", other.getsockname()[1])
        found = finding("Port", small_course)
    assert found.state == "note"
    assert f"--port {doctor.PORT + 1}" in found.advice


@pytest.mark.usefixtures("without_tensorflow")
def test_a_course_from_another_folder_is_a_problem(small_course: Path):
    assert "from another folder" in finding("coursekit", small_course).text


@pytest.mark.usefixtures("without_tensorflow")
def test_a_missing_browser_is_a_note_for_authors(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert finding("Browser", small_course).state == "note"


def test_the_doctor_itself_loads_no_tensorflow():
    program = "import sys, coursepress.doctor; print('tensorflow' in sys.modules or 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"
