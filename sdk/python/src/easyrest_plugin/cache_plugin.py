"""What an author implements to offer a cache."""

from abc import ABC, abstractmethod

from .call import Call
from .requests import CacheDeleteRequest, CacheGetRequest, CacheSetRequest, InitConnectionRequest


class CachePlugin(ABC):
    """It may forget anything, and never answers an expired value. Methods are called on several threads at once."""

    @abstractmethod
    def init_connection(self, request: InitConnectionRequest, call: Call) -> str:
        """As DBPlugin.init_connection, for the role of a cache."""

    @abstractmethod
    def get(self, request: CacheGetRequest, call: Call) -> str | None:
        """The value; None is a miss."""

    @abstractmethod
    def set(self, request: CacheSetRequest, call: Call) -> None:
        """Keeps the value for `ttl_ms` milliseconds, at least 1, in place of the one before."""

    def delete(self, request: CacheDeleteRequest, call: Call) -> None:
        """Capability `cache_delete`, when a subclass defines it."""
        raise NotImplementedError

    def close(self) -> None:
        """Called once when the process stops."""
