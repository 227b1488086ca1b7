"""Grading other people's notebooks: slice, sandbox, judge, records, reports."""

from pathlib import Path

from coursekit.checks import texts

texts.add_catalogs(Path(__file__).parent)
