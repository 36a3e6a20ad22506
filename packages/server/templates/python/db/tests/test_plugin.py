from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from easyrest.plugin.v1 import table_pb2
from easyrest_plugin.testing import PluginUnderTest, error_of, path

program = Path(__file__).resolve().parent.parent / "src" / "main.py"


@pytest.fixture
def plugin() -> Iterator[PluginUnderTest]:
    started = PluginUnderTest(program).connect("{{scheme}}://")
    yield started
    started.stop()


def test_what_was_written_is_read_with_every_digit(plugin: PluginUnderTest) -> None:
    rows = b'[{"id":9007199254740993,"name":"a"},{"id":2,"name":null}]'
    request = table_pb2.TableCreateRequest(table="things", rows=rows)
    plugin.call(path("DBPlugin", "TableCreate"), request, table_pb2.TableCreateResponse)
    assert plugin.get("things").rows == rows


def test_an_unknown_table_is_answered_with_its_reason(plugin: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        plugin.get("thing")
    assert error_of(failure.value).reason == "unknown_table"
