"""Exercises that name the mistake: definition, checking, cards and progress.

The author's names live here (`exercise`, `question`, `beside`); the learner's are re-exported by `coursekit` itself
(`ck.exercise`, `ck.answer`, `ck.check`, `ck.hint`, `ck.solution`, `ck.progress`, from `coursekit.checks.learner`).
Importing this package loads neither TensorFlow nor Keras nor matplotlib.
"""

from coursekit.checks.definition import Choice, Exercise, beside, exercise, question

__all__ = ["Choice", "Exercise", "beside", "exercise", "question"]
