"""The secret of a class from which every student's own versions of exercises are drawn, in a file of one line."""

import os
import secrets
from pathlib import Path

from coursekit.errors import CourseError, UsageError

SHORTEST = 16  # characters


def read_key(path: Path) -> str:
    """The key in a file. Raises UsageError if there is none, or one that could be guessed."""
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(
            f"--twins {path} cannot be read: {why}. It is the file with the key of your handouts."
        ) from None
    if len(key) < SHORTEST:
        raise UsageError(f"--twins {path} holds {len(key)} characters, too few for a secret; {SHORTEST} or more do.")
    return key


def make_key(path: Path) -> str:
    """A new key, written into a file that only its owner can read.

    Raises FileExistsError if the file is there already, CourseError if it cannot be written.
    """
    key = secrets.token_urlsafe(32)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{key}\n")
    except FileExistsError:
        raise
    except OSError as error:
        raise CourseError(f"The key cannot be written to {path}: {error.strerror}. Choose another place.") from None
    return key
