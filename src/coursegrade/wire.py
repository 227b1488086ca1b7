"""Plain data over a socket, between a judge and a process that runs a learner's code.

A frame is a JSON text and, for its arrays, `.npy` blobs. Nothing is ever unpickled from a learner's process; lengths
are checked before anything is read, and every value is checked before it is used.
"""

import io
import json
import math
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np

LARGEST_TEXT = 8 * 2**20  # bytes of JSON in a frame
LARGEST_BLOBS = 512 * 2**20  # bytes of arrays in a frame
MOST_BLOBS = 10_000
DEEPEST = 40
MOST_ITEMS = 200_000
LONGEST_STRING = 200_000
PLAIN_KINDS = "biufc"

_HEAD = struct.Struct("!IIQ")  # bytes of JSON, number of blobs, bytes of all blobs
_SIZE = struct.Struct("!Q")


class BadFrame(ValueError):
    """What came over the wire is not what this protocol allows."""


class Closed(EOFError):
    """The other side is gone."""


class TooLate(TimeoutError):
    """The other side did not answer in time."""


# Frames -------------------------------------------------------------------------------------------------------------


def send(channel: socket.socket, message: Any, blobs: list[bytes] = [], deadline: float | None = None) -> None:  # noqa: B006
    """Send one frame. Raises Closed if the other side is gone, TooLate after the deadline (`time.monotonic()`)."""
    text = json.dumps(message, allow_nan=False).encode()
    parts = [_HEAD.pack(len(text), len(blobs), sum(map(len, blobs))), text]
    for blob in blobs:
        parts += [_SIZE.pack(len(blob)), blob]
    view = memoryview(b"".join(parts))
    try:
        while view:
            _wait(channel, deadline, for_writing=True)
            view = view[channel.send(view[: 2**20], getattr(socket, "MSG_DONTWAIT", 0)) :]
    except BlockingIOError:
        raise TooLate from None
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise
        raise Closed(str(error)) from error


def receive(channel: socket.socket, deadline: float | None = None) -> tuple[Any, list[bytes]]:
    """The next frame: its message and its blobs.

    Raises Closed at the end of the stream, TooLate after the deadline, BadFrame for anything that is no frame or is
    larger than the limits of this module.
    """
    length, count, total = _HEAD.unpack(exactly(channel, _HEAD.size, deadline))
    if length > LARGEST_TEXT or count > MOST_BLOBS or total > LARGEST_BLOBS:
        raise BadFrame("a message larger than allowed")
    text = exactly(channel, length, deadline)
    blobs = []
    for _ in range(count):
        (size,) = _SIZE.unpack(exactly(channel, _SIZE.size, deadline))
        if size > total:
            raise BadFrame("blobs larger than announced")
        total -= size
        blobs.append(exactly(channel, size, deadline))
    try:
        return json.loads(text, parse_constant=_no_constant), blobs
    except (ValueError, RecursionError) as error:
        raise BadFrame("a message that is no JSON") from error


def _no_constant(name: str) -> Any:
    raise BadFrame(f"a bare {name}")


def exactly(channel: socket.socket, size: int, deadline: float | None = None) -> bytes:
    """The next `size` bytes. Raises Closed if the stream ends before, TooLate after the deadline."""
    parts: list[bytes] = []
    while size:
        _wait(channel, deadline)
        try:
            part = channel.recv(min(size, 2**20))
        except OSError as error:
            raise Closed(str(error)) from error
        if not part:
            raise Closed("the end of the stream")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _wait(channel: socket.socket, deadline: float | None, for_writing: bool = False) -> None:
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
        raise TooLate
    readers, writers = ([], [channel]) if for_writing else ([channel], [])
    ready = select.select(readers, writers, [], left)
    if not (ready[0] or ready[1]):
        raise TooLate


# Values -------------------------------------------------------------------------------------------------------------

Special = Callable[[Any, list[bytes]], dict[str, Any] | None]


def encode(value: Any, blobs: list[bytes], special: Special | None = None, depth: int = 0) -> Any:
    """A value as JSON-ready data; arrays are appended to `blobs`.

    special: says how to send what this function does not know (models, functions, objects), or None if it cannot.
    Raises TypeError for a value that cannot travel, ValueError for one that is too deep or too large.
    """
    if depth > DEEPEST:
        raise ValueError("data that are nested too deeply")
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is int:
        return value if abs(value) < 2**53 else {"int": _digits(value)}
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind is str:
        if len(value) > LONGEST_STRING:
            raise ValueError("a text that is too long")
        return {"text": value}
    if kind is complex:
        return {"complex": [repr(value.real), repr(value.imag)]}
    if kind in (list, tuple, set, frozenset):
        if len(value) > MOST_ITEMS:
            raise ValueError("a collection with too many items")
        name = "set" if kind is frozenset else kind.__name__
        return {name: [encode(item, blobs, special, depth + 1) for item in value]}
    if kind is dict:
        if len(value) > MOST_ITEMS:
            raise ValueError("a dict with too many items")
        pairs = [[encode(item, blobs, special, depth + 1) for item in pair] for pair in value.items()]
        return {"dict": pairs}
    if isinstance(value, np.generic | np.ndarray):
        return _encode_array(np.asarray(value), isinstance(value, np.generic), blobs)
    found = special(value, blobs) if special else None
    if found is None:
        raise TypeError(f"an object of class {kind.__name__}")
    return found


def _digits(value: int) -> str:
    if value.bit_length() > 10_000:
        raise ValueError("a number with too many digits")
    return hex(value)


def _encode_array(array: np.ndarray, scalar: bool, blobs: list[bytes]) -> dict[str, Any]:
    if array.dtype.kind in "US" and array.size <= MOST_ITEMS:
        return {"texts": [str(item)[:1000] for item in array.ravel().tolist()], "shape": list(array.shape)}
    if array.dtype.kind not in PLAIN_KINDS:
        if array.dtype.kind == "V" and array.dtype.names is None and array.dtype.itemsize <= 2:  # bfloat16, float8
            array = array.astype(np.float32)
        else:
            raise TypeError(f"an array of type {array.dtype}")
    if array.nbytes > LARGEST_BLOBS // 2:
        raise ValueError(f"an array of shape {array.shape}, which is too large")
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
    blobs.append(stream.getvalue())
    return {"array": len(blobs) - 1, "scalar": scalar}


Unspecial = Callable[[dict[str, Any], list[bytes]], Any]


def decode(data: Any, blobs: list[bytes], special: Unspecial | None = None, depth: int = 0) -> Any:
    """The value that `encode` made. Raises BadFrame for anything that it could not have made."""
    if depth > DEEPEST:
        raise BadFrame("data that are nested too deeply")
    if data is None or isinstance(data, bool | int | float):
        return data
    if not isinstance(data, dict):
        raise BadFrame(f"a bare {type(data).__name__}")
    try:
        return _decode(data, blobs, special, depth)
    except BadFrame:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise BadFrame(f"a value that cannot be read ({type(error).__name__})") from error


def _decode(data: dict[str, Any], blobs: list[bytes], special: Unspecial | None, depth: int) -> Any:
    name = next(iter(data), "")
    content = data.get(name)
    if name == "int":
        return int(str(content)[:3000], 16)
    if name == "float":
        return float({"nan": "nan", "inf": "inf", "-inf": "-inf"}[str(content)])
    if name == "text":
        return str(content)
    if name == "complex":
        return complex(float(content[0]), float(content[1]))  # type: ignore[index]
    if name in ("list", "tuple", "set"):
        items = [decode(item, blobs, special, depth + 1) for item in content]  # type: ignore[union-attr]
        return {"list": list, "tuple": tuple, "set": set}[name](items)
    if name == "dict":
        pairs = [(decode(k, blobs, special, depth + 1), decode(v, blobs, special, depth + 1)) for k, v in content]  # type: ignore[union-attr]
        return dict(pairs)
    if name == "texts":
        texts = [str(item) for item in content]  # type: ignore[union-attr]
        return np.array(texts, dtype=np.str_).reshape(data["shape"])
    if name == "array":
        return _decode_array(data, blobs)
    if special is None:
        raise BadFrame(f"a value of kind {name!r:.40}")
    return special(data, blobs)


def _decode_array(data: dict[str, Any], blobs: list[bytes]) -> Any:
    index = data["array"]
    if not isinstance(index, int) or not 0 <= index < len(blobs):
        raise BadFrame("an array that is not there")
    stream = io.BytesIO(blobs[index])
    if np.lib.format.read_magic(stream) != (1, 0):
        raise BadFrame("an array of another format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in PLAIN_KINDS:
        raise BadFrame(f"an array of type {dtype}")
    if math.prod(shape) * dtype.itemsize != len(blobs[index]) - stream.tell():  # before NumPy allocates what it reads
        raise BadFrame("an array that does not hold what it says")
    array = np.lib.format.read_array(io.BytesIO(blobs[index]), allow_pickle=False)
    return array[()] if data.get("scalar") is True and array.shape == () else array
