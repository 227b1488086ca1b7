"""The base of the errors that a person should read as one paragraph, without a traceback."""


class CourseError(Exception):
    """Something the person at the keyboard can fix; its text says what was found, what was expected, what to do."""


class UsageError(CourseError):
    """The command itself asks for something that cannot be; the exit code is 2."""
