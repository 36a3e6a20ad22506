"""What a plugin program says about itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cache_plugin import CachePlugin
from .db_plugin import DBPlugin


@dataclass(frozen=True)
class Options:
    name: str
    version: str
    schemes: Sequence[str]
    db: DBPlugin | None
    cache: CachePlugin | None
    threads: int
    max_in_flight: int  # 0: no limit of its own
    max_message_bytes: int  # 0: 64 MiB

    def check(self) -> None:
        """Raises TypeError when this describes no plugin."""
        if self.db is None and self.cache is None:
            raise TypeError(f'serve: expected "db" or "cache", got neither; plugin {self.name} would do nothing')
        if isinstance(self.schemes, str) or not self.schemes:
            raise TypeError('serve: expected a list of schemes, e.g. schemes=["mydb"]')
        if self.threads < 1:
            raise TypeError(f"serve: expected at least one thread, got {self.threads}")
