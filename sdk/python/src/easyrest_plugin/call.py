"""What is known about one call beside its request."""

import threading
import time
from collections.abc import Callable

from .plugin_error import PluginError


class Call:
    """Handed to every handler. Its methods may be used from any thread."""

    def __init__(self, timeout_s: float) -> None:
        """:param timeout_s: from now; math.inf: no deadline"""
        self._deadline = time.monotonic() + timeout_s
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], object]] = []
        self._finished = False
        self.ended: PluginError | None = None

    @property
    def remaining_ms(self) -> float:
        """Milliseconds left until the deadline, never below 0; math.inf without one."""
        return max(0.0, self._deadline - time.monotonic()) * 1000

    @property
    def cancelled(self) -> bool:
        """True once the deadline has passed or nobody waits for the answer any more."""
        return self.ended is not None or self.remaining_ms == 0

    def on_cancel(self, listener: Callable[[], object]) -> None:
        """Calls `listener` once when the call ends before its answer, and at once when it has ended already.

        It is called on another thread than the handler's, and must not block: e.g. `connection.interrupt`.
        """
        with self._lock:
            if self._finished:
                return
            if self.ended is None:
                self._listeners.append(listener)
                return
        listener()

    def end(self) -> None:
        """For the SDK: nobody waits any more. Afterwards nobody reads an answer."""
        with self._lock:
            if self._finished or self.ended is not None:
                return
            # Timers may fire a moment early.
            self.ended = timed_out() if self.remaining_ms <= 1 else given_up()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def finish(self) -> None:
        """For the SDK: the handler has returned, and no listener is to touch what it used."""
        with self._lock:
            self._finished = True
            self._listeners.clear()


def timed_out() -> PluginError:
    return PluginError("timeout", "the plugin did not answer before the deadline")


def given_up() -> PluginError:
    return PluginError("cancelled", "the caller gave the call up")
