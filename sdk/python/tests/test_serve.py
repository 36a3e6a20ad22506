"""What a host sees of a program that calls serve()."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from easyrest.plugin.v1 import cache_pb2, db_pb2, plugin_pb2, table_pb2
from easyrest_plugin.testing import PluginUnderTest, error_of, eventually, path

program = Path(__file__).resolve().parent / "odd_program.py"


@pytest.fixture(scope="module")
def shared() -> Iterator[PluginUnderTest]:
    started = PluginUnderTest(program).connect("odd://").connect_cache("odd://")
    yield started
    started.stop()


@pytest.fixture
def own() -> Iterator[PluginUnderTest]:
    started = PluginUnderTest(program, {"EASYREST_PLUGIN_LOG_LEVEL": "debug"}).connect("odd://")
    yield started
    started.stop()


def test_run_by_hand_it_says_what_it_is_and_how_to_use_it() -> None:
    ended = subprocess.run([sys.executable, program], env={}, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1 and ended.stdout == ""
    assert ended.stderr.startswith("This binary is a plugin. These are not meant to be executed directly.\n")
    assert "plugin_dirs" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PLUGIN_UNIX_SOCKET_DIR": "/" + "x" * 100}, "expected a socket path of at most 103 bytes, got "),
        ({"PLUGIN_UNIX_SOCKET_DIR": "/nonexistent"}, "cannot listen on unix:/nonexistent/plugin"),
        ({"PLUGIN_CLIENT_CERT": "rubbish"}, "expected a certificate in PEM form in PLUGIN_CLIENT_CERT"),
    ],
)
def test_a_start_that_fails_says_why_and_ends_with_status_1(environment: dict[str, str], message: str) -> None:
    plugin = PluginUnderTest(program, environment)
    assert plugin.process.wait(20) == 1
    assert message in plugin.stderr and "Traceback" not in plugin.stderr
    plugin.stop()


def test_options_that_describe_no_plugin_are_refused() -> None:
    script = "import easyrest_plugin as e; e.serve(name='x', version='1', schemes=['x'])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)
    assert 'expected "db" or "cache", got neither; plugin x would do nothing' in ended.stderr


def test_the_handshake_names_version_2_grpc_and_no_certificate(shared: PluginUnderTest) -> None:
    core, version, network, _address, protocol, certificate = shared.handshake
    assert [core, version, network, protocol, certificate] == ["1", "2", "unix", "grpc", ""]
    assert shared.socket.startswith(shared.folder.name)
    assert Path(shared.socket).stat().st_mode & 0o777 == 0o600


def test_a_host_that_offers_multiplexing_is_answered_with_a_seventh_field() -> None:
    plugin = PluginUnderTest(program, {"PLUGIN_MULTIPLEX_GRPC": "true"})
    assert plugin.handshake[5:] == ["", "false"]
    plugin.stop()


def test_get_info_names_what_the_author_implements(shared: PluginUnderTest) -> None:
    info = shared.info()
    assert [info.name, info.version, list(info.schemes)] == ["odd", "1.2.3", ["odd", "even"]]
    assert list(info.roles) == [plugin_pb2.ROLE_DB, plugin_pb2.ROLE_CACHE]
    assert list(info.capabilities) == ["session", "functions", "stream"]
    assert info.limits.max_in_flight == 7
    assert info.sdk.startswith("easyrest-plugin (Python) ")


def test_values_reach_the_host_without_loss(shared: PluginUnderTest) -> None:
    answer = shared.get("values", context={"timezone": "Asia/Tokyo"})
    expected = '[{"n":null,"i":9223372036854775807,"d":12.50,"b":"AP8=","at":"2024-06-01T21:00:00+09:00"}]'
    assert [answer.rows.decode(), answer.row_count] == [expected, 1]


def test_a_wrong_value_is_an_error_that_names_row_and_column_in_the_log(own: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        own.get("wrong_value")
    error = error_of(failure.value)
    assert [error.reason, error.message] == ["internal", "the plugin failed; its log says why"]
    expected = "TableGet failed: table_get: row 1, column 'a': expected a value JSON can hold, got a set"
    eventually(lambda: any(line["@message"].startswith(expected) for line in own.log))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("wrong_answer", "table_get: expected a RowsAnswer, got a list"),
        ("raises", "TableGet failed: password is hunter2"),
        ("leaves", "TableGet failed: 3"),
        ("missing_method", "TableGet failed: 'Odd' object has no attribute 'missing_method'"),
    ],
)
def test_an_exception_is_an_error_of_that_call_only(own: PluginUnderTest, table: str, message: str) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        own.get(table)
    assert failure.value.code() == grpc.StatusCode.INTERNAL
    assert "hunter2" not in str(error_of(failure.value))
    eventually(lambda: any(message in line["@message"] for line in own.log))
    assert own.get("values").row_count == 1


def test_wrong_counts_and_schemas_are_errors(shared: PluginUnderTest) -> None:
    create = table_pb2.TableCreateRequest(table="t", rows=b"[]")
    with pytest.raises(grpc.RpcError) as failure:
        shared.call(path("DBPlugin", "TableCreate"), create, table_pb2.TableCreateResponse)
    assert error_of(failure.value).reason == "internal"
    with pytest.raises(grpc.RpcError):
        shared.call(path("DBPlugin", "GetSchema"), db_pb2.GetSchemaRequest(), db_pb2.GetSchemaResponse)
    with pytest.raises(grpc.RpcError):
        shared.call(path("CachePlugin", "Get"), cache_pb2.CacheGetRequest(key="number"), cache_pb2.CacheGetResponse)


def test_results_of_functions(shared: PluginUnderTest) -> None:
    def call(function: str) -> tuple[bytes, bool, int, int]:
        request = db_pb2.CallFunctionRequest(function=function, arguments=b"{}")
        answer = shared.call(path("DBPlugin", "CallFunction"), request, db_pb2.CallFunctionResponse)
        return answer.result, answer.is_set, answer.row_count, answer.total

    assert call("scalar") == (b"1.50", False, 0, 0)
    assert call("nothing") == (b"null", False, 0, 0)
    assert call("set") == (b'[{"a":1},{"a":2}]', True, 2, 5)
    assert call("bytes") == (b'[{"a":1}]', True, 1, 0)
    with pytest.raises(grpc.RpcError):
        call("uncounted")


def test_a_plugin_error_reaches_the_host_small_enough_for_a_trailer(shared: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        shared.get("refuses")
    assert failure.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    error = error_of(failure.value)
    assert error.reason == "bad_value" and error.message.startswith("no\ufffd such mmm") and len(error.message) == 1024
    assert json.loads(error.details)["column"] == "a"


def test_a_wish_beyond_the_capabilities_is_refused(shared: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        shared.get("values", distinct=True)
    assert failure.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert json.loads(error_of(failure.value).details) == {"capability": "distinct"}


def test_a_deadline_and_a_cancel_reach_the_handler(own: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        own.get("sleeps", timeout=0.3)
    assert failure.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    rpc = own.channel.unary_unary(path("DBPlugin", "TableGet"), table_pb2.TableGetRequest.SerializeToString)
    waiting = rpc.future(table_pb2.TableGetRequest(table="sleeps"), timeout=20)
    threading.Timer(0.3, waiting.cancel).start()
    with pytest.raises(grpc.FutureCancelledError):
        waiting.result()
    eventually(lambda: noted(own, "cancelled") == ["timeout", "cancelled"])


def test_health_is_answered_while_every_thread_is_busy(own: PluginUnderTest) -> None:
    rpc = own.channel.unary_unary(path("DBPlugin", "TableGet"), table_pb2.TableGetRequest.SerializeToString)
    slow = [rpc.future(table_pb2.TableGetRequest(table="sleeps"), timeout=20) for _ in range(40)]
    health = own.call("/grpc.health.v1.Health/Check", b"\x0a\x06plugin", None, timeout=5)
    assert health == b"\x08\x01"
    for call in slow:
        call.cancel()
    assert own.get("values").row_count == 1


def test_an_unknown_health_service_is_not_found(shared: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        shared.call("/grpc.health.v1.Health/Check", b"\x0a\x01x", None)
    assert failure.value.code() == grpc.StatusCode.NOT_FOUND


def test_a_stream_comes_in_order_and_its_cursor_is_closed(own: PluginUnderTest) -> None:
    chunks = list(own.stream("all"))
    assert [json.loads(chunk.rows)["n"] for chunk in chunks] == list(range(1000))
    left = own.stream("left")
    assert next(left).row_count == 1
    left.cancel()  # type: ignore[attr-defined]
    eventually(lambda: noted(own, "cursors") == ["all", "left"])


def test_a_chunk_of_many_bytes_leaves_in_several_messages(own: PluginUnderTest) -> None:
    chunks = list(own.stream("wide"))[1000:]
    assert sum(chunk.row_count for chunk in chunks) == 20
    assert max(len(chunk.rows) for chunk in chunks) <= 256 * 1024
    assert [chunk.total for chunk in chunks if chunk.HasField("total")] == [7]


def test_rows_are_made_no_further_than_their_limit(shared: PluginUnderTest) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        shared.get("endless", max_reply_bytes=10_000)
    assert error_of(failure.value).reason == "too_large"


def test_an_error_within_a_stream_ends_it(own: PluginUnderTest) -> None:
    received = []
    with pytest.raises(grpc.RpcError) as failure:
        for chunk in own.stream("breaks"):
            received.append(chunk)
    assert len(received) == 2 and error_of(failure.value).reason == "unavailable"
    with pytest.raises(grpc.RpcError) as failure:
        list(own.stream("wrong"))
    assert error_of(failure.value).reason == "internal"


def test_what_is_printed_goes_to_the_host_and_not_to_standard_output(own: PluginUnderTest) -> None:
    stdio = own.channel.unary_stream("/plugin.GRPCStdio/StreamStdio")(b"", timeout=20)
    own.get("prints")
    received = b""
    while received.count(b"from") < 3:
        received += next(stdio)
    for line in [b"from Python\n", b"from a library\n", b"from a child\n"]:
        assert line in received
    stdio.cancel()
    own.stop()


def test_in_a_terminal_what_is_printed_stays_there_and_ctrl_c_ends_it() -> None:
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "EASYREST_PLUGIN": "easyrest"}
    process = subprocess.Popen([sys.executable, program], env=environment, stdin=theirs, stdout=theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        handshake = terminal.readline().decode().strip().split("|")
        with grpc.insecure_channel(f"unix:{handshake[3]}") as channel:
            connect = channel.unary_unary(path("DBPlugin", "InitConnection"))
            connect(db_pb2.InitConnectionRequest(uri="odd://").SerializeToString(), timeout=10)
            get = channel.unary_unary(path("DBPlugin", "TableGet"))
            get(table_pb2.TableGetRequest(table="prints").SerializeToString(), timeout=10)
        assert terminal.readline() == b"from Python\r\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_log_is_json_with_a_level_and_six_digits(own: PluginUnderTest) -> None:
    eventually(lambda: any(line["@message"] == "listening" for line in own.log))
    line = next(line for line in own.log if line["@message"] == "listening")
    assert [line["@level"], line["@module"], line["plugin"]] == ["debug", "easyrest_plugin", "odd"]
    assert len(line["@timestamp"]) == len("2024-06-01T12:00:00.000000Z")


def test_shutdown_ends_it_with_status_0_after_close_and_leaves_no_socket() -> None:
    plugin = PluginUnderTest(program).connect("odd://")
    rpc = plugin.channel.unary_unary(path("DBPlugin", "TableGet"), table_pb2.TableGetRequest.SerializeToString)
    blocked = rpc.future(table_pb2.TableGetRequest(table="blocks"), timeout=20)
    plugin.get("values")
    assert plugin.call("/plugin.GRPCController/Shutdown", b"", None) == b""
    assert plugin.process.wait(15) == 0
    assert blocked.exception() is not None
    assert "closed" in plugin.stderr and not Path(plugin.socket).exists()
    plugin.stop()


def test_sigterm_ends_it_and_signals_for_the_host_do_not() -> None:
    plugin = PluginUnderTest(program).connect("odd://")
    for number in (signal.SIGINT, signal.SIGHUP):
        plugin.process.send_signal(number)
        assert plugin.get("values").row_count == 1
    plugin.process.send_signal(signal.SIGTERM)
    assert plugin.process.wait(10) == 0
    plugin.stop()


def test_without_the_lifeline_it_does_not_read_standard_input() -> None:
    plugin = PluginUnderTest(program, {"EASYREST_PLUGIN_STDIN_LIFELINE": ""}).connect("odd://")
    assert plugin.process.stdin is not None
    plugin.process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        plugin.process.wait(0.5)
    plugin.process.send_signal(signal.SIGTERM)
    plugin.stop()


def noted(plugin: PluginUnderTest, what: str) -> list[str]:
    """What the program has noted of its calls."""
    notes: dict[str, list[str]] = json.loads(plugin.get("ends").rows)[0]
    return notes[what]
