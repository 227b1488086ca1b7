"""A kernel that knows nothing of the person who starts it: this interpreter, a clean environment, an empty folder."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

NO_HISTORY = ["--HistoryManager.hist_file=:memory:"]
# Settings of the caller that would change what a chapter prints or draws.
_FORGOTTEN = ("FORCE_COLOR", "LANG", "LC_", "MPLBACKEND", "NO_COLOR", "PYTHONSTARTUP", "PYTHONWARNINGS")
_FORGOTTEN_SETTINGS = ("COURSEKIT_", "KERAS_", "TF_")
_KEPT = ("COURSEKIT_NETWORK", "COURSEKIT_DATA")
# ipykernel does not watch file descriptors 1 and 2 where it finds this, so what C++ code prints would be lost.
_UNWATCHED = "PYTEST_CURRENT_TEST"
_FIXED = {
    "COLUMNS": "80",
    "LANGUAGE": "en",
    "LC_ALL": "C",
    "LINES": "24",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}

# C++ code writes into a pipe that a thread of ipykernel reads; a cell that ends before that thread loses the text.
_START_UP = """\
def _wait_for_text_from_c(*_):
    import select, sys, time

    pipes = [pipe for stream in (sys.stdout, sys.stderr) if (pipe := getattr(stream, "_fid", None)) is not None]
    while pipes and select.select(pipes, [], [], 0)[0]:
        time.sleep(0.001)
    time.sleep(0.005 if pipes else 0)  # What was read still has to reach the stream's buffer.

get_ipython().events.register("post_run_cell", _wait_for_text_from_c)
del _wait_for_text_from_c
"""


class ThisInterpreter(KernelSpecManager):
    """Answers every kernel name with the running Python, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernel spec of the interpreter that runs this line."""
        return KernelSpec(resource_dir="", **get_kernel_dict())


@dataclass(frozen=True)
class Place:
    """Where a kernel runs: an empty working folder and the environment variables it gets."""

    folder: Path
    environment: dict[str, str]

    @property
    def manager(self) -> dict[str, Any]:
        """Settings for jupyter_client's kernel managers.

        The kernel talks through files beside its folder, not through ports: a port that was free when it was chosen may
        belong to another program when the kernel wants it. Windows has ports only.
        """
        settings = {"kernel_spec_manager": ThisInterpreter(), "transport_encryption": "auto"}
        if os.name == "nt":
            return settings
        return settings | {"transport": "ipc", "connection_file": str(self.folder.parent / "kernel.json")}


@contextmanager
def place(seed: int | None = None) -> Iterator[Place]:
    """Make a temporary working folder and a clean environment for one kernel; both are gone afterwards.

    Args:
        seed: what the chapter finds in `COURSEKIT_SEED`; None leaves the default seed of `ck.setup()`.
    """
    # On Windows a folder that a dying kernel still holds cannot be removed at once.
    with tempfile.TemporaryDirectory(prefix="coursekit-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        folder = root / "chapter"
        folder.mkdir()
        start_up = root / "ipython" / "profile_default" / "startup"
        start_up.mkdir(parents=True)
        (start_up / "00-text-from-c.py").write_text(_START_UP, encoding="utf-8")
        environment = {key: value for key, value in os.environ.items() if _is_inherited(key)} | _FIXED
        environment |= {"COURSEKIT_HOME": str(root / "progress"), "IPYTHONDIR": str(root / "ipython")}
        if seed is not None:
            environment["COURSEKIT_SEED"] = str(seed)
        yield Place(folder, environment)


def _is_inherited(name: str) -> bool:
    if name in _KEPT:
        return True
    return name != _UNWATCHED and not name.startswith((*_FORGOTTEN, *_FORGOTTEN_SETTINGS))
