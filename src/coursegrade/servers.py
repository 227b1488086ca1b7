"""What makes the processes that judge answers and run them, shared by all graders of a run."""

import contextlib
import threading
from collections.abc import Iterator

from coursegrade.nursery import Nursery

LEARNERS, JUDGES = "coursegrade.worker", "coursegrade.judging"  # by name: the one never loads what the other does


class Servers:
    """What makes the processes of all graders of one process: started for the first of them, ended with the last."""

    def __init__(self) -> None:
        self._users = 0
        self._open = contextlib.ExitStack()
        self._lock = threading.Lock()
        self._renew()

    def _renew(self) -> None:
        self.learners, self.judges = Nursery(LEARNERS), Nursery(JUDGES)

    @contextlib.contextmanager
    def in_use(self) -> Iterator["Servers"]:
        """The servers, running."""
        with self._lock:
            if not self._users:
                self._renew()
                with contextlib.ExitStack() as stack:
                    stack.enter_context(self.learners)
                    stack.enter_context(self.judges)
                    self._open = stack.pop_all()
            self._users += 1
        try:
            yield self
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._open.close()

    def stop(self) -> None:
        """End both, from any thread; whoever uses them next gets new ones."""
        self.learners.stop()
        self.judges.stop()
