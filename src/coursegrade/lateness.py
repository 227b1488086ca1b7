"""How late a submission is, and what that costs.

What may be said after `--late`, one or more rules with commas between them:

    10%/day              each started day costs 10 % of all points that could be had (as in Canvas)
    5/hour               each started hour costs 5 points
    at most 50%          lateness never costs more than half of all points (or `at most 4`: 4 points)
    0 after 3 days       whatever comes more than 3 days late gets 0
    grace 15 minutes     up to 15 minutes late is in time; from then on the clock counts from the due time

Units are minute, hour, day and week, with or without an s.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from coursekit.errors import UsageError

UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_NUMBER = r"(\d+(?:[.]\d+)?)"
_UNIT = r"(minute|hour|day|week)s?"
_RULES = {
    "rate": rf"{_NUMBER}\s*(%?)\s*(?:/|per)\s*{_UNIT}",
    "most": rf"at most\s*{_NUMBER}\s*(%?)",
    "end": rf"0 after\s*{_NUMBER}\s*{_UNIT}",
    "grace": rf"grace\s*{_NUMBER}\s*{_UNIT}",
}


@dataclass(frozen=True)
class Share:
    """A number of points, or a part of all points that could be had."""

    value: float
    is_part: bool = False

    def of(self, maximum: float) -> float:
        """In points."""
        return self.value * maximum if self.is_part else self.value


@dataclass(frozen=True)
class LatePolicy:
    """When work is due and what lateness costs.

    due: with its time zone. rate: lost per started `interval`. most: never lose more. end: later than this gets 0.
    grace: up to here it is in time.
    """

    due: datetime
    rate: Share = Share(0.0)
    interval: timedelta = timedelta(days=1)
    most: Share | None = None
    end: timedelta | None = None
    grace: timedelta = timedelta(0)

    def late(self, submitted: datetime) -> timedelta:
        """How long after the due time, 0 if it was in time. A time without a zone is in the zone of the due time."""
        given = submitted if submitted.tzinfo else submitted.replace(tzinfo=self.due.tzinfo)
        late = given - self.due
        return late if late > self.grace else timedelta(0)

    def penalty(self, late: timedelta, points: float, maximum: float) -> float:
        """The points that so much lateness costs; never more than there are."""
        if late <= timedelta(0):
            return 0.0
        if self.end is not None and late > self.end:
            return points
        lost = self.rate.of(maximum) * math.ceil(late / self.interval)
        if self.most is not None:
            lost = min(lost, self.most.of(maximum))
        return min(lost, points) if points > 0 else 0.0


def read_policy(due: str, late: str = "") -> LatePolicy:
    """The policy that `--due` and `--late` state.

    Args:
        due: such as "2026-12-01T23:59" (this computer's time zone) or "2026-12-01T23:59+01:00".
        late: rules as above; "" notes lateness, which costs nothing.

    Raises UsageError for anything else.
    """
    rules: dict[str, re.Match[str]] = {}
    for text in filter(None, (part.strip() for part in late.lower().split(","))):
        found = {name: match for name, rule in _RULES.items() if (match := re.fullmatch(rule, text))}
        if not found:
            raise UsageError(
                f"--late does not understand {text!r}. It knows 10%/day, 5/hour, at most 50%, 0 after 3 days and "
                "grace 15 minutes; put commas between several."
            )
        (name, match), *_ = found.items()
        if name in rules:
            raise UsageError(f"--late states {rules[name].string!r} and {text!r}. Keep one of the two.")
        rules[name] = match
    rate, most, end, grace = (rules.get(name) for name in _RULES)
    return LatePolicy(
        due=_due(due),
        rate=_share(rate) if rate else Share(0.0),
        interval=UNITS[rate[3]] if rate else UNITS["day"],
        most=_share(most) if most else None,
        end=_duration(end) if end else None,
        grace=_duration(grace) if grace else timedelta(0),
    )


def _due(text: str) -> datetime:
    try:
        due = datetime.fromisoformat(text.strip())
        return due if due.tzinfo else due.astimezone()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"--due {text} is no date and time. Write year-month-dayThour:minute, such as 2026-12-01T23:59, with the "
            "time zone behind it (+01:00) if it is not this computer's."
        ) from None


def _share(match: re.Match[str]) -> Share:
    value, percent = float(match[1]), match[2] == "%"
    return Share(value / 100 if percent else value, percent)


def _duration(match: re.Match[str]) -> timedelta:
    try:
        return float(match[1]) * UNITS[match[2]]
    except OverflowError:
        raise UsageError(f"--late {match.string!r} is longer than anybody can wait. Use a smaller number.") from None
