"""Runs the work of calls on a pool of threads, whichever door they came in by."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from .call import Call
from .plugin_error import PluginError

T = TypeVar("T")
logger = logging.getLogger("easyrest_plugin")


class Dispatch:
    """All its methods are for the thread of the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, threads: int) -> None:
        self._loop = loop
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="call")
        self._ended: deque[Callable[[], None]] = deque()
        self._wake_planned = False
        self._in_flight = 0
        self._stopping = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self, name: str, call: Call, work: Callable[[], T]) -> T:
        """Raises PluginError only, and at once when the call ends early, even if the work goes on."""
        future: asyncio.Future[T] = self._loop.create_future()

        def done(result: T | PluginError) -> None:
            if future.done():
                return
            if isinstance(result, PluginError):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.start(name, call, work, done)
        return await future

    def start(self, name: str, call: Call, work: Callable[[], T], done: Callable[[T | PluginError], None]) -> None:
        """`done` is told once, on the event loop: what the work answered, or why there is no answer."""
        if self._stopping:
            done(PluginError("unavailable", "the plugin is stopping"))
            return
        self._in_flight += 1
        self._idle.clear()
        tell = told_once(done)
        timer = self._watch_deadline(call)
        call.on_cancel(lambda: self._on_loop(lambda: tell(call.ended or PluginError("cancelled", ""))))

        def end(result: T | PluginError) -> None:
            if timer is not None:
                timer.cancel()
            call.finish()
            tell(result)
            self._leave()

        self._pool.submit(lambda: self._work(name, call, work, end))

    async def stop(self) -> None:
        """Refuses new calls. Returns when the handlers of all others have returned."""
        self._stopping = True
        await self._idle.wait()

    def _work(self, name: str, call: Call, work: Callable[[], T], end: Callable[[T | PluginError], None]) -> None:
        # On a thread of the pool. What nobody waits for any more is not begun.
        result: T | PluginError = settle(name, work) if call.ended is None else call.ended
        self._on_loop(lambda: end(result))

    def _watch_deadline(self, call: Call) -> asyncio.TimerHandle | None:
        remaining = call.remaining_ms / 1000
        return self._loop.call_later(remaining, call.end) if remaining < longest_timer else None

    # Calls that end at about the same time wake the loop once: each waking is a write to a pipe.
    def _on_loop(self, step: Callable[[], None]) -> None:
        self._ended.append(step)
        if not self._wake_planned:
            self._wake_planned = True
            self._loop.call_soon_threadsafe(self._take_steps)

    def _take_steps(self) -> None:
        self._wake_planned = False
        while self._ended:
            self._ended.popleft()()

    def _leave(self) -> None:
        self._in_flight -= 1
        if self._in_flight == 0:
            self._idle.set()


def settle(name: str, work: Callable[[], T]) -> T | PluginError:
    """What is no PluginError may hold secrets or the driver's own text: it goes to the log, and the host learns only
    that the plugin failed."""
    try:
        return work()
    except PluginError as error:
        return error
    except BaseException as error:  # also a handler that calls sys.exit(): the process is not its own
        logger.error("%s failed: %s", name, error, exc_info=True)
        return PluginError("internal", "the plugin failed; its log says why")


def told_once(done: Callable[[T | PluginError], None]) -> Callable[[T | PluginError], None]:
    is_told = False

    def tell(result: T | PluginError) -> None:
        nonlocal is_told
        if not is_told:
            is_told = True
            done(result)

    return tell


# A day; a call whose deadline is later has none that matters.
longest_timer = 86_400
