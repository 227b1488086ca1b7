"""Grading other people's notebooks: slice, sandbox, judge, records, reports."""
