"""The command `coursekit`. Each command imports what it needs when it runs, so that `--help` answers at once."""

import argparse
import os
import sys
from collections.abc import Sequence

from coursekit.errors import CourseError, UsageError

WRONG_USAGE, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 done, 1 failed, 2 wrong usage, 130 interrupted)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except CourseError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `coursekit doctor | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _execute(options: argparse.Namespace) -> int:
    from coursepress.chapters import find_chapter, find_root, list_chapters
    from coursepress.execute import execute

    root = find_root()
    chapters = list_chapters(root)
    names = dict.fromkeys(find_chapter(root, name) for name in options.chapters) or chapters
    return execute(
        [chapters[name] for name in names],
        jobs=options.jobs,
        refresh=options.refresh,
        seeds=options.seeds,
        check=options.check,
    )


def _build(options: argparse.Namespace) -> int:
    from coursepress.build import build
    from coursepress.chapters import find_root

    print(f"The book is in {build(find_root(), force=options.force)}")
    return 0


def _start(options: argparse.Namespace) -> int:
    from coursepress.chapters import find_root
    from coursepress.serve import start
    from coursepress.workspace import sync

    root = find_root()
    report = str(sync(root))
    if report:
        print(report)
    return start(root, port=options.port, browser=options.browser)


def _reset(options: argparse.Namespace) -> int:
    from coursepress.chapters import find_root
    from coursepress.workspace import reset

    root = find_root()
    done = reset(root, options.chapter)
    print(f"A fresh copy is in {done.fresh.relative_to(root)}.")
    if done.aside:
        print(f"Your old copy is now {done.aside.relative_to(root)}.")
    return 0


def _doctor(_: argparse.Namespace) -> int:
    from coursepress.chapters import find_root
    from coursepress.doctor import examine, page

    findings = examine(find_root())
    print(page(findings))
    return int(any(finding.state == "problem" for finding in findings))


def _grade(options: argparse.Namespace) -> int:
    from coursegrade.command import grade

    return grade(options)


def _bank_check(options: argparse.Namespace) -> int:
    from coursepress.bank_check import check

    return check(options)


def _bank_stubs(options: argparse.Namespace) -> int:
    from coursegrade.bank_command import stubs

    return stubs(options)


def _handout(options: argparse.Namespace) -> int:
    from coursegrade.handout import handout

    return handout(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="coursekit", description="From Neuron to GAN: the tools of the course.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    start = commands.add_parser("start", help="serve the book and JupyterLab on one address")
    start.add_argument("--port", type=_port, default=8888, help="default: 8888")
    start.add_argument("--no-browser", dest="browser", action="store_false", help="only print the addresses")
    start.set_defaults(command=_start)

    reset = commands.add_parser("reset", help="get a fresh copy of a chapter; yours is set aside")
    reset.add_argument("chapter", metavar="CHAPTER", help="for example condense")
    reset.set_defaults(command=_reset)

    doctor = commands.add_parser("doctor", help="what is installed, what works, what to do if not")
    doctor.set_defaults(command=_doctor)

    build = commands.add_parser("build", help="build the book into _build/html")
    build.add_argument("--force", action="store_true", help="also if no source has changed")
    build.set_defaults(command=_build)

    execute = commands.add_parser("execute", help="run chapters in fresh kernels and save their outputs")
    execute.add_argument("chapters", metavar="CHAPTER", nargs="*", help="for example condense (default: all chapters)")
    execute.add_argument("--jobs", type=_positive, default=2, help="how many run at the same time (default: 2)")
    execute.add_argument(
        "--seeds", type=_positive, metavar="N", help="run with N seeds, save nothing, list failing cells"
    )
    execute.add_argument("--refresh", action="store_true", help="measure timings again")
    execute.add_argument("--check", action="store_true", help="save nothing, compare with the saved outputs")
    execute.set_defaults(command=_execute)

    grade = commands.add_parser(
        "grade",
        help="grade the notebooks of a class",
        description="Grade notebooks in isolated processes. What is unchanged since the last run is not run again.",
    )
    grade.add_argument("files", metavar="FILES", nargs="+", help="notebooks, .py exports, or folders that hold them")
    grade.add_argument("--out", metavar="DIR", required=True, help="the folder for results, reports and feedback pages")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="how many at the same time (default: one per core)")
    grade.add_argument("--timeout", type=_amount, metavar="S", default=20.0, help="seconds per answer (default: 20)")
    grade.add_argument("--memory", type=_amount, metavar="GB", default=2.0, help="memory per answer (default: 2)")
    grade.add_argument("--seed", type=_seed, metavar="N", help="decides the tests (default: a secret one for each DIR)")
    grade.add_argument("--bank", metavar="DIR", help="your own exercises, besides the course's")
    grade.add_argument("--chapter", metavar="SLUG", action="append", default=[], help="what is asked; may be repeated")
    grade.add_argument("--roster", metavar="FILE", help="a CSV file that says whose each file is")
    grade.add_argument("--answers", action="store_true", help="also write every answer's code, for JPlag or compare50")
    grade.add_argument("--twins", metavar="KEYFILE", help="the secret that decided each student's own exercises")
    grade.add_argument("--language", metavar="CODE", default="en", help="of the feedback pages (default: en)")
    grade.add_argument(
        "--assignment", metavar="NAME", default="", help="what was graded: title of the pages, Canvas's column"
    )
    grade.add_argument("--solutions", action="store_true", help="show the solutions on the feedback pages")
    grade.add_argument("--without-walls", action="store_true", help="run code that you trust where there are no walls")
    grade.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler, such as tcp://10.0.0.1:8786")
    grade.set_defaults(command=_grade)

    bank = commands.add_parser("bank", help="test your own exercises, and make a notebook of them")
    on_bank = bank.add_subparsers(title="commands", metavar="COMMAND", required=True)
    bank_check = on_bank.add_parser("check", help="what the tests of the tests think of your exercises")
    bank_check.add_argument("folder", metavar="DIR", help="the folder with your exercises")
    bank_check.set_defaults(command=_bank_check)
    bank_stubs = on_bank.add_parser("stubs", help="write a notebook with the cells that learners start from")
    bank_stubs.add_argument("folder", metavar="DIR", help="the folder with your exercises")
    bank_stubs.add_argument("--chapter", metavar="SLUG", required=True, help="which of them, such as exam")
    bank_stubs.add_argument("--out", metavar="NOTEBOOK", help="default: SLUG.ipynb")
    bank_stubs.set_defaults(command=_bank_stubs)

    handout = commands.add_parser("handout", help="write a notebook with exercises of their own for each student")
    handout.add_argument("notebook", metavar="NOTEBOOK", help="the notebook that everybody's is made from")
    handout.add_argument("--roster", metavar="FILE", required=True, help="a CSV file with the class")
    handout.add_argument(
        "--twins", metavar="KEYFILE", required=True, help="the secret that decides the versions; made if it is missing"
    )
    handout.add_argument("--out", metavar="DIR", required=True, help="the folder for the notebooks")
    handout.add_argument("--bank", metavar="DIR", required=True, help="your own exercises")
    handout.add_argument("--language", metavar="CODE", default="en", help="of what is added (default: en)")
    handout.set_defaults(command=_handout)
    return parser


def _positive(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if 0 < number < float("inf"):
        return number
    raise argparse.ArgumentTypeError(f"expected a number above 0, not {text!r}")


def _seed(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a whole number from 0 on with at most 18 digits, not {text!r}")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a port from 0 (any free one) to 65535, not {text!r}")
