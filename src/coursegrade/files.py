"""Writing files so that nobody ever finds half of one."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: a reader, or whatever fails meanwhile, finds the old one.

    Folders that are missing are made; the old file's permissions stay. Raises OSError if it cannot be written.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):  # it is gone where all went well
            temporary.unlink()
