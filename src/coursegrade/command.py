"""`coursekit grade`: from the files that were handed in to the reports."""

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from coursegrade import class_run, sandbox
from coursegrade.collecting import SubmissionFile, collect
from coursegrade.records import Records
from coursegrade.roster import Roster, own_name, read_roster
from coursegrade.settings import Settings
from coursegrade.twins import read_key
from coursekit.checks import bank
from coursekit.checks.texts import languages
from coursekit.errors import UsageError

INTERRUPTED = 130
ONLY_ON_LINUX = (
    "Learners' code is run behind walls that only Linux has: grade on Linux, in WSL (Windows) or in a Linux container."
)


def grade(options: argparse.Namespace) -> int:
    """Grade a class; `options` are those of the command line.

    Returns the exit code: 0 if everything could be graded, 1 if not, 130 after Ctrl-C.
    Raises UsageError for options that make no sense and on other systems than Linux, CourseError if there are no walls,
    the results cannot be written or graders not start.
    """
    if sys.platform != "linux":
        raise UsageError(ONLY_ON_LINUX)
    if not options.without_walls and not options.cluster:  # on a cluster, each worker looks for itself
        sandbox.require_walls()
    out = Path(options.out)
    roster = read_roster(Path(options.roster)) if options.roster else None
    twin_key = read_key(Path(options.twins)) if options.twins else ""
    submissions = [
        SubmissionFile(found.name, found.path, found.folder, _student(found.name, roster, twin_key))
        for found in collect(options.files, skip=out)
    ]
    folder = _bank(options.bank)
    if options.language not in languages():
        raise UsageError(f"--language {options.language}: the course speaks {', '.join(languages())}. Choose one.")
    chapters = _chapters(options.chapter, folder)
    with class_run.interruptible(), Records(out) as records:
        for notice in records.notices:
            print(notice, file=sys.stderr)
        settings = Settings(
            timeout=options.timeout,
            memory=options.memory,
            seed=records.seed(options.seed),
            bank=folder,
            chapters=chapters,
            twin_key=twin_key,
            language=options.language,
            namespaces=not options.without_walls,
        )
        tally = class_run.grade_class(submissions, settings, records, _slots(options, settings))
        if not tally.is_interrupted:
            _report(records, settings, roster, options)
        return _conclude(tally, records)


def _slots(options: argparse.Namespace, settings: Settings) -> AbstractContextManager[class_run.Slots]:
    if options.cluster and options.jobs:
        raise UsageError("--jobs is for this machine; on a cluster, its workers' threads decide. Leave one of the two.")
    from coursegrade.grader import sharing_grader

    if options.cluster:
        from coursegrade.cluster import ClusterSlots

        return ClusterSlots(options.cluster, settings, sharing_grader)
    return class_run.LocalSlots(settings, options.jobs or os.cpu_count() or 1, sharing_grader)


def _report(records: Records, settings: Settings, roster: Roster | None, options: argparse.Namespace) -> None:
    from coursegrade.report import write_reports

    reports = write_reports(
        records.folder,
        records.entries(),
        roster=roster,
        assignment=options.assignment,
        language=settings.language,
        bank=settings.bank,
        twin_key=settings.twin_key,
        solutions=options.solutions,
        answers=options.answers,
        walls=settings.namespaces,
    )
    for warning in reports.warnings:
        print(class_run.printable(warning), file=sys.stderr)


def _conclude(tally: class_run.Tally, records: Records) -> int:
    """The last lines."""
    reports = "No reports were written." if tally.is_interrupted else f"The reports are in {records.folder}."
    print(f"\n{_counted(tally)} {reports}")
    if gone := records.left_out():
        print(f"Not in the reports, because their files are gone: {_listed(gone)}. Their results are kept.")
    ungraded = 0
    for entry in records.ungraded():
        if not ungraded:
            print("Not graded, or not all of it:")
        ungraded += 1
        print(f"  {class_run.printable(entry.file)}: {class_run.said(entry.result)}")
    if tally.is_interrupted:
        print(
            f"{tally.missing} submissions were not reached; what is done is kept. Run the same command again to go on."
        )
        return INTERRUPTED
    return 1 if ungraded else 0


def _counted(tally: class_run.Tally) -> str:
    done = f"{tally.graded + tally.failed} of {tally.total} submissions went through the grader now"
    return f"{done}; {tally.unchanged} had been graded before." if tally.unchanged else f"{done}."


def _listed(names: Sequence[str], most: int = 10) -> str:
    shown = ", ".join(map(class_run.printable, names[:most]))
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _student(file: str, roster: Roster | None, twin_key: str) -> str:
    """Whose file it is. Without a roster only twins need to know: a renamed file stays the same submission."""
    if roster:
        return roster.student_of(file)
    return own_name(file) if twin_key else ""


def _bank(folder: str | None) -> Path | None:
    if not folder:
        return None
    path = Path(folder).expanduser().resolve()
    if not path.is_dir() or not bank.chapters(path):
        raise UsageError(f"--bank {folder} holds no exercises. It is a folder with a Python file for each chapter.")
    return path


def _chapters(asked: Sequence[str], folder: Path | None) -> tuple[str, ...]:
    known = bank.chapters() + (bank.chapters(folder) if folder else [])
    for chapter in asked:
        if chapter not in known:
            near = difflib.get_close_matches(chapter, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"These have: {', '.join(sorted(known))}."
            raise UsageError(f"--chapter {chapter}: no chapter of this name has exercises. {hint}")
    return tuple(dict.fromkeys(asked))
