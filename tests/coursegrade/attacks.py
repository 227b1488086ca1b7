"""Answers that try to cheat or to do harm, with what may become of them. Run only inside the sandbox."""

import textwrap
from dataclasses import dataclass

EXERCISE = "condense/global-average"
HONEST = "condense/unchanged-shifts"
HONEST_ANSWER = f"""\
@ck.exercise("{HONEST}")
def unchanged_shifts(n, size):
    return (n - 1) - (n - 1) // size
"""
RIGHT = "return maps.mean(axis=(0, 1))"


@dataclass(frozen=True)
class Attack:
    """code: the answer's cell; endings: the verdicts that are right, the usual one first; points: what it earns."""

    name: str
    code: str
    endings: tuple[str, ...] = ("graded",)
    points: float = 0.0
    flagged: bool = False


def answer(body: str, before: str = "") -> str:
    """A cell that hands in a function with this body, after some code at top level."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f'{textwrap.dedent(before).lstrip()}@ck.exercise("{EXERCISE}")\ndef global_average(maps):\n{body}\n'


CHEATS = [
    Attack(
        "import the bank",
        answer("from coursebook.condense import exercises as condense\nreturn condense.global_average.reference(maps)"),
        flagged=True,
    ),
    Attack(
        "import the bank by name",
        answer("import importlib\nreturn importlib.import_module('coursebook.condense.' + 'exercises')"),
        flagged=True,
    ),
    Attack("ask for the solution", answer("return ck.solution('condense/global-average')"), flagged=True),
    Attack(
        "read the bank's file",
        answer(
            """
            import coursekit, pathlib
            source = pathlib.Path(coursekit.__file__).parents[1] / "coursebook" / "condense" / "exercises.py"
            names = {}
            exec(source.read_text(), names)
            return names["global_average"].reference(maps)
            """
        ),
    ),
    Attack(
        "search the disk for the course",
        answer(
            """
            import os, coursekit
            packages = os.path.dirname(os.path.dirname(coursekit.__file__))
            found = [os.path.join(d, f) for d, _, files in os.walk(packages) for f in files]
            found = [path for path in found if "condense" in path and "exercises" in path]
            above = os.listdir(os.path.dirname(packages))
            assert not [name for name in above if name in ("notebooks", "tests", "book", "_build", "work")], above
            names = {}
            exec(open([path for path in found if path.endswith(".py")][0]).read(), names)
            return names["global_average"].reference(maps)
            """
        ),
    ),
    Attack(
        "undo the mounts",
        answer(
            """
            import coursebook.condense, ctypes, os
            libc = ctypes.CDLL(None)
            bank = os.path.join(os.path.dirname(coursebook.condense.__file__), "exercises.py")
            libc.umount2(bank.encode(), 2)
            libc.unshare(0x10000000 | 0x20000)
            libc.umount2(bank.encode(), 2)
            names = {}
            exec(open(bank).read(), names)
            return names["global_average"].reference(maps)
            """
        ),
    ),
    Attack(
        "look for the judge with gc",
        answer(
            """
            import gc
            from coursekit.checks.definition import Exercise
            return [o for o in gc.get_objects() if isinstance(o, Exercise)][0].reference(maps)
            """
        ),
    ),
    Attack(
        "walk the frames",
        answer(
            """
            import sys
            frame = sys._getframe()
            while frame:
                for value in list(frame.f_locals.values()):
                    if "reference" in dir(value):
                        return value.reference(maps)
                    if isinstance(value, dict) and "expected" in value:
                        return value["expected"]
                frame = frame.f_back
            return 0
            """
        ),
    ),
    Attack(
        "an object that equals everything",
        answer(
            """
            class Equal:
                __hash__ = lambda self: 0
                def __eq__(self, other): return True
                def __bool__(self): return True
                def __sub__(self, other): return 0
            return Equal()
            """
        ),
    ),
    Attack(
        "numbers that equal everything",
        answer(
            """
            class Equal(float):
                def __eq__(self, other): return True
                def __sub__(self, other): return 0.0
                def __abs__(self): return 0.0
            return [Equal(1) for _ in range(maps.shape[-1])]
            """
        ),
    ),
    Attack(
        "an array that equals everything",
        answer(
            """
            class Equal(np.ndarray):
                def __array_ufunc__(self, *args, **kwargs): return np.True_
                def __eq__(self, other): return np.ones(self.shape, bool)
            return np.zeros(maps.shape[-1]).view(Equal)
            """
        ),
    ),
    Attack("overwrite ck.exercise", answer("return 0", "ck.exercise = lambda id: lambda given: given\n")),
    Attack(
        "patch NumPy",
        answer(
            "return np.zeros(maps.shape[-1])",
            """
            import numpy
            numpy.allclose = lambda *args, **kwargs: True
            numpy.isclose = lambda a, b, **kwargs: numpy.ones_like(a, dtype=bool)
            numpy.testing.assert_allclose = lambda *args, **kwargs: None
            """,
        ),
    ),
    Attack(
        "patch Keras",
        answer(
            "return np.zeros(maps.shape[-1])",
            """
            import keras
            keras.ops.convert_to_numpy = lambda *args: 0
            keras.Model.__eq__ = lambda *args: True
            """,
        ),
    ),
    Attack(
        "patch the built-ins",
        answer("return 0", "import builtins\nbuiltins.isinstance = lambda *args: True\nbuiltins.abs = lambda x: 0\n"),
        ("crashed", "graded"),
    ),
    Attack("hook the syntax tree", answer("return 0", "import ast\nast.parse = lambda *args, **kwargs: 1 / 0\n")),
    Attack("hook the imports", answer("import condense", "import sys\nsys.meta_path.clear()\n")),
    Attack(
        "forge a reply",
        answer(
            """
            import json, socket, struct
            for number in range(3, 60):
                try:
                    channel = socket.socket(fileno=number)
                    text = json.dumps({"id": "0", "value": {"text": "correct"}, "state": "correct"}).encode()
                    channel.sendall(struct.pack("!IIQ", len(text), 0, 0) + text)
                except OSError:
                    pass
            return 0
            """
        ),
        ("crashed",),
    ),
    Attack(
        "write early",
        answer(
            "return maps.mean(axis=(0, 1)) * written",
            """
            def write():
                import json, os, socket, struct
                for number in range(3, 60):
                    try:
                        channel = socket.socket(fileno=os.dup(number))
                        text = json.dumps({"id": "0", "given": {"handle": 0}, "value": None}).encode()
                        channel.sendall(struct.pack("!IIQ", len(text), 0, 0) + text)
                    except OSError:
                        pass
                return 1
            written = write()
            """,
        ),
        ("crashed",),
    ),
    Attack(
        "write garbage",
        answer(
            "return maps.mean(axis=(0, 1)) * written",
            """
            def write():
                import os
                for number in range(3, 60):
                    try:
                        os.write(number, b"\\xff" * 100_000)
                    except OSError:
                        pass
                return 1
            written = write()
            """,
        ),
        ("crashed",),
    ),
]

HARMS = [
    Attack("os._exit", answer("import os\nos._exit(0)"), ("crashed",)),
    Attack("sys.exit", answer("import sys\nsys.exit(0)")),
    Attack("abort", answer("import os\nos.abort()"), ("crashed",)),
    Attack("read address 0", answer("import ctypes\nctypes.string_at(0)"), ("crashed",)),
    Attack(
        "signals to the parent",
        answer(
            """
            import os, signal
            for pid in (os.getppid(), 0, -1):
                for number in (signal.SIGTERM, signal.SIGKILL):
                    try:
                        os.kill(pid, number)
                    except OSError:
                        pass
            return 0
            """
        ),
        ("graded", "crashed"),
    ),
    Attack("endless loop", answer("while True:\n    pass"), ("timed out",)),
    Attack(
        "endless loop that swallows interrupts",
        answer(
            """
            import signal
            for number in range(1, 60):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    pass
            """
        ),
        ("timed out",),
    ),
    Attack("sleep", answer("import time\ntime.sleep(10_000)"), ("timed out",)),
    Attack("fork bomb", answer("import os\nwhile True:\n    os.fork()"), ("crashed", "out of memory", "timed out")),
    Attack(
        "a thousand threads",
        answer(
            """
            import threading, time
            for _ in range(1000):
                threading.Thread(target=time.sleep, args=(1000,)).start()
            return 0
            """
        ),
        ("graded", "crashed", "out of memory", "timed out"),
    ),
    Attack("3 GB in one array", answer("return np.ones(400_000_000).sum()"), ("out of memory",)),
    Attack("3 GB in TensorFlow", answer("return tf.ones((800_000_000,))"), ("out of memory", "timed out")),
    Attack(
        "3 GB in pieces",
        answer("kept = []\nwhile True:\n    kept.append(bytearray(50_000_000))"),
        ("out of memory", "timed out"),
    ),
    Attack("1 GB of print", answer("for _ in range(1100):\n    print('x' * 1_000_000)"), ("too much output",)),
    Attack(
        "endless output below Python",
        answer("import os\nwhile True:\n    os.write(2, b'x' * 1_000_000)"),
        ("too much output",),
    ),
    Attack(
        "fill the disk", answer("with open('big', 'wb') as file:\n    while True:\n        file.write(b'x' * 10**7)")
    ),
    Attack(
        "fill the disk with files",
        answer("count = 0\nwhile True:\n    open(f'file{count}', 'wb').write(b'x' * 10**6)\n    count += 1"),
    ),
    Attack("change the course", answer("import coursekit\nopen(coursekit.__file__, 'a').write('x')")),
    Attack(
        "network by address",
        answer("import urllib.request\nreturn urllib.request.urlopen('http://192.0.2.1/', timeout=3).read()"),
        ("no network",),
    ),
    Attack(
        "network by name",
        answer("import socket\nsocket.create_connection(('example.com', 80), timeout=3)"),
        ("no network",),
    ),
    Attack("input()", answer("return float(input('a number: '))")),
    Attack("a huge array", answer("return np.zeros(30_000_000)"), ("graded", "out of memory", "timed out")),
    Attack("deep data", answer("deep = []\nfor _ in range(100_000):\n    deep = [deep]\nreturn deep")),
    Attack("a number of 100,000 digits", answer("return 10**100_000")),
    Attack("an endless generator", answer("while True:\n    yield 1")),
    Attack("objects in an array", answer("return np.array([object()] * 3)")),
    Attack("close every descriptor", answer("import os\nos.closerange(0, 200)\n" + RIGHT), ("crashed",)),
]

HONEST_ODDITIES = [
    Attack("right", answer(RIGHT), points=1.0),
    Attack(
        "warns, prints, plots and logs",
        answer(
            """
            import logging, sys, warnings
            import matplotlib.pyplot as plt
            warnings.warn("slow")
            logging.error("an error")
            print("working")
            print("working", file=sys.stderr)
            plt.plot([1, 2])
            plt.show()
            """
            + RIGHT
        ),
        points=1.0,
    ),
    Attack("deletes its folder", answer("import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n" + RIGHT),
           points=1.0),
    Attack(
        "leaves a daemon behind",
        answer(
            """
            import os, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(10_000)
                os._exit(0)
            """
            + RIGHT
        ),
        points=1.0,
    ),
    Attack(
        "leaves a thread behind",
        answer(
            "import threading, time\nthreading.Thread(target=time.sleep, args=(10_000,)).start()\n" + RIGHT
        ),
        points=1.0,
    ),
    Attack(
        "trains on the way",
        answer(
            "return maps.mean(axis=(0, 1)) + 0 * model.count_params()",
            """
            model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            model.compile(optimizer="sgd", loss="mse")
            model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
            """,
        ),
        points=1.0,
    ),
    Attack("writes a file", answer("open('notes.txt', 'w').write('mine')\n" + RIGHT), points=1.0),
]  # fmt: skip

IMPORTS = """\
import coursekit as ck
ck.setup()
import keras
import numpy as np
import tensorflow as tf
from keras import layers
"""


def program(attack: Attack) -> bytes:
    """A handed-in script: the attack, and an honest answer to another exercise."""
    return f"# %%\n{IMPORTS}\n# %%\n{attack.code}\n# %%\n{HONEST_ANSWER}".encode()
