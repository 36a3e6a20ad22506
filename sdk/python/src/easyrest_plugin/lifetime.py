"""Ties the process to its host."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from .handshake import lifeline_variable

Stop = Callable[[str], None]


def watch_host(loop: asyncio.AbstractEventLoop, stop: Stop) -> None:
    """Signals that are meant for the host's terminal or the host's reload do not touch the process; SIGTERM stops it,
    and so does the end of the host. `stop` is called on the event loop."""

    # A host has a pipe there.
    in_terminal = os.isatty(1)

    def stop_soon(reason: str) -> None:
        loop.call_soon_threadsafe(stop, reason)

    # Ctrl-C and a closed terminal reach the whole process group; the host decides what becomes of its plugins.
    # A handler, not SIG_IGN: child processes would inherit that. In a terminal of its own, Ctrl-C is the author's.
    signal.signal(signal.SIGINT, lambda *_: stop_soon("SIGINT") if in_terminal else None)
    signal.signal(signal.SIGTERM, lambda *_: stop_soon("SIGTERM"))
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, lambda *_: None)
    if os.environ.get(lifeline_variable) == "1":
        watch(watch_stdin, stop_soon)
    elif sys.platform != "win32":
        watch(watch_parent, stop_soon)


def watch(wait: Callable[[], None], stop: Stop) -> None:
    def run() -> None:
        wait()
        stop("the host is gone")

    threading.Thread(target=run, name="lifetime", daemon=True).start()


def watch_stdin() -> None:
    """The host holds the other end and never writes: its end means that the host is gone."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass


def watch_parent() -> None:
    """A process whose parent died gets another: init, or the nearest subreaper."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
