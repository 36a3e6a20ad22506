"""The methods of service CachePlugin as a CachePlugin serves them."""

from collections.abc import Sequence

from easyrest.plugin.v1 import cache_pb2

from . import read_requests as read
from .cache_plugin import CachePlugin
from .call import Call
from .initial_connection import InitialConnection
from .operation import Operations, operation
from .plugin_description import defines
from .plugin_error import PluginError
from .print_rows import AnswerError, describe


class CacheService:
    def __init__(self, cache: CachePlugin, schemes: Sequence[str]) -> None:
        self._cache = cache
        self._connection = InitialConnection(schemes, cache.init_connection)

    @property
    def operations(self) -> Operations:
        served = {
            "InitConnection": operation(cache_pb2.CacheInitConnectionRequest, self._init_connection, "InitConnection"),
            "Get": operation(cache_pb2.CacheGetRequest, self._get, "CacheGet"),
            "Set": operation(cache_pb2.CacheSetRequest, self._set, "CacheSet"),
        }
        if defines(self._cache, CachePlugin, "delete"):
            served["Delete"] = operation(cache_pb2.CacheDeleteRequest, self._delete, "CacheDelete")
        return served

    def _init_connection(
        self, message: cache_pb2.CacheInitConnectionRequest, call: Call
    ) -> cache_pb2.CacheInitConnectionResponse:
        request = read.init_connection_request(message)
        return cache_pb2.CacheInitConnectionResponse(server=self._connection.open(request, call))

    def _get(self, message: cache_pb2.CacheGetRequest, call: Call) -> cache_pb2.CacheGetResponse:
        self._connection.require()
        value = self._cache.get(read.cache_get_request(message), call)
        if value is not None and not isinstance(value, str):
            raise AnswerError(f"get: expected a text, or None for a miss, got {describe(value)}")
        return cache_pb2.CacheGetResponse(value=value)

    def _set(self, message: cache_pb2.CacheSetRequest, call: Call) -> cache_pb2.CacheSetResponse:
        self._connection.require()
        request = read.cache_set_request(message)
        if request.ttl_ms == 0:
            raise PluginError("bad_value", "expected ttl_ms > 0, got 0: how long the value may live")
        self._cache.set(request, call)
        return cache_pb2.CacheSetResponse()

    def _delete(self, message: cache_pb2.CacheDeleteRequest, call: Call) -> cache_pb2.CacheDeleteResponse:
        self._connection.require()
        self._cache.delete(read.cache_delete_request(message), call)
        return cache_pb2.CacheDeleteResponse()
