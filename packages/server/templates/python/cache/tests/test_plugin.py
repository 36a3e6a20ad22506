import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from easyrest.plugin.v1 import cache_pb2
from easyrest_plugin.testing import PluginUnderTest, path

program = Path(__file__).resolve().parent.parent / "src" / "main.py"


@pytest.fixture
def plugin() -> Iterator[PluginUnderTest]:
    started = PluginUnderTest(program).connect_cache("{{scheme}}://")
    yield started
    started.stop()


def test_a_value_is_kept_until_its_time_is_over(plugin: PluginUnderTest) -> None:
    set_value(plugin, "a", "kept", 60_000)
    set_value(plugin, "b", "gone", 1)
    time.sleep(0.02)
    assert [get(plugin, key) for key in "abc"] == ["kept", None, None]


def test_a_deleted_value_is_gone(plugin: PluginUnderTest) -> None:
    set_value(plugin, "d", "x", 60_000)
    plugin.call(path("CachePlugin", "Delete"), cache_pb2.CacheDeleteRequest(key="d"), cache_pb2.CacheDeleteResponse)
    assert get(plugin, "d") is None


def set_value(plugin: PluginUnderTest, key: str, value: str, ttl_ms: int) -> None:
    request = cache_pb2.CacheSetRequest(key=key, value=value, ttl_ms=ttl_ms)
    plugin.call(path("CachePlugin", "Set"), request, cache_pb2.CacheSetResponse)


def get(plugin: PluginUnderTest, key: str) -> str | None:
    answer = plugin.call(path("CachePlugin", "Get"), cache_pb2.CacheGetRequest(key=key), cache_pb2.CacheGetResponse)
    return answer.value if answer.HasField("value") else None
