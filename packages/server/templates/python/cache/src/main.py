"""A cache in memory."""

import threading
import time

from easyrest_plugin import (
    CacheDeleteRequest,
    CacheGetRequest,
    CachePlugin,
    CacheSetRequest,
    Call,
    InitConnectionRequest,
    serve,
)


class Cache(CachePlugin):
    def __init__(self) -> None:
        # key -> the value, and when it ends on the clock that nobody sets.
        self._entries: dict[str, tuple[str, float]] = {}
        # Methods are called on several threads at once.
        self._lock = threading.Lock()

    def init_connection(self, request: InitConnectionRequest, call: Call) -> str:
        return "{{name}}"

    def get(self, request: CacheGetRequest, call: Call) -> str | None:
        with self._lock:
            value, ends_at = self._entries.get(request.key, ("", 0.0))
        return value if ends_at > time.monotonic() else None

    def set(self, request: CacheSetRequest, call: Call) -> None:
        with self._lock:
            self._remove_expired()
            self._entries[request.key] = (request.value, time.monotonic() + request.ttl_ms / 1000)

    def delete(self, request: CacheDeleteRequest, call: Call) -> None:
        with self._lock:
            self._entries.pop(request.key, None)

    def _remove_expired(self) -> None:
        """Nobody asks for most entries again, and they must not stay."""
        if len(self._entries) >= 10_000:
            now = time.monotonic()
            self._entries = {key: entry for key, entry in self._entries.items() if entry[1] > now}


serve(name="easyrest-plugin-{{name}}", version="0.1.0", schemes=["{{scheme}}"], cache=Cache())
