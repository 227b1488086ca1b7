"""What a teacher and the learners get: tables, pages and data about a graded class."""

from coursegrade.report.entry import Entry, Graded
from coursegrade.report.writing import Reports, write_reports

__all__ = ["Entry", "Graded", "Reports", "write_reports"]
