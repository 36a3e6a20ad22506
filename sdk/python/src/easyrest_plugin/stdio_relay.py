"""What the program prints after the handshake, on its way to the host."""

import asyncio
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable

logger = logging.getLogger("easyrest_plugin")


class StdioRelay:
    """Standard output itself belongs to the handshake. Output is kept until a reader comes, up to `queue_limit` bytes,
    of which the oldest go first."""

    def __init__(self, loop: asyncio.AbstractEventLoop, queue_limit: int = 256 * 1024) -> None:
        self._loop = loop
        self._queue_limit = queue_limit
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._changed = asyncio.Event()
        self._has_warned = False

    def capture(self) -> None:
        """Takes over file descriptor 1, so that libraries and child processes that write there are relayed too."""
        sys.stdout.flush()
        read_end, write_end = os.pipe()
        # The host waits for the end of the real one, which is the end of this process.
        os.dup(1)
        os.dup2(write_end, 1)
        os.close(write_end)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(line_buffering=True)
        threading.Thread(target=self._read, args=(read_end,), name="stdout", daemon=True).start()

    async def relay(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Sends whatever is printed, until it is cancelled."""
        while True:
            while self._queue:
                data = self._queue.popleft()
                self._queued_bytes -= len(data)
                await send(data)
            self._changed.clear()
            await self._changed.wait()

    def push(self, data: bytes) -> None:
        """For the thread of the event loop."""
        self._queue.append(data)
        self._queued_bytes += len(data)
        self._changed.set()
        while self._queued_bytes > self._queue_limit:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._queued_bytes -= len(self._queue.popleft())
        if not self._has_warned:
            self._has_warned = True
            logger.warning("the host reads standard output too slowly; the oldest is dropped")

    def _read(self, read_end: int) -> None:
        while data := os.read(read_end, 64 * 1024):
            self._loop.call_soon_threadsafe(self.push, data)
