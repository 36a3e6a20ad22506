"""Plugin.Session, call by call."""

import queue
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from easyrest.plugin.v1 import plugin_pb2, table_pb2
from easyrest_plugin.testing import PluginUnderTest, path

program = Path(__file__).resolve().parent / "odd_program.py"


@pytest.fixture(scope="module")
def plugin() -> Iterator[PluginUnderTest]:
    started = PluginUnderTest(program).connect("odd://")
    yield started
    started.stop()


class SessionClient:
    def __init__(self, plugin: PluginUnderTest) -> None:
        self._frames: queue.Queue[plugin_pb2.SessionRequest | None] = queue.Queue()
        rpc = plugin.channel.stream_stream(
            path("Plugin", "Session"),
            plugin_pb2.SessionRequest.SerializeToString,
            plugin_pb2.SessionReply.FromString,
        )
        self.frames = rpc(iter(self._frames.get, None), timeout=30)

    def send(self, *calls: plugin_pb2.Call, cancel: tuple[int, ...] = ()) -> None:
        self._frames.put(plugin_pb2.SessionRequest(calls=calls, cancel=cancel))

    def finish(self) -> None:
        self._frames.put(None)

    def replies(self, number: int) -> dict[int, plugin_pb2.Reply]:
        received: dict[int, plugin_pb2.Reply] = {}
        while len(received) < number:
            frame = next(self.frames)
            assert 0 < len(frame.replies) <= 64
            for reply in frame.replies:
                assert reply.id not in received
                received[reply.id] = reply
        return received


def get(id: int, table: str, timeout_ms: int = 0) -> plugin_pb2.Call:
    message = table_pb2.TableGetRequest(table=table).SerializeToString()
    return plugin_pb2.Call(id=id, method=plugin_pb2.METHOD_TABLE_GET, message=message, timeout_ms=timeout_ms)


def test_every_call_has_its_own_answer_and_errors_are_of_their_call(plugin: PluginUnderTest) -> None:
    session = SessionClient(plugin)
    session.send(get(1, "values"), get(2, "refuses"), get(3, "raises"), get(4, "values"))
    session.send(plugin_pb2.Call(id=5), plugin_pb2.Call(id=6, method=plugin_pb2.METHOD_QUERY))
    session.send(plugin_pb2.Call(id=7, method=plugin_pb2.METHOD_TABLE_GET, message=b"\xff\xff"))
    replies = session.replies(7)
    rows = [table_pb2.TableGetResponse.FromString(replies[id].message).row_count for id in (1, 4)]
    assert rows == [1, 1]
    reasons = {id: reply.error.reason for id, reply in replies.items() if reply.HasField("error")}
    assert reasons == {2: "bad_value", 3: "internal", 5: "unsupported", 6: "unsupported", 7: "internal"}
    session.finish()


def test_large_answers_stand_alone(plugin: PluginUnderTest) -> None:
    session = SessionClient(plugin)
    session.send(*[get(id, "thousand") for id in range(1, 5)], *[get(id, "values") for id in range(5, 60)])
    sizes = []
    received = 0
    while received < 59:
        frame = next(session.frames)
        received += len(frame.replies)
        sizes.append((len(frame.replies), frame.ByteSize()))
    assert all(count == 1 or size <= 256 * 1024 for count, size in sizes)
    session.finish()


def test_a_timeout_and_a_cancel_are_answered_at_once(plugin: PluginUnderTest) -> None:
    session = SessionClient(plugin)
    session.send(get(1, "blocks", timeout_ms=200), get(2, "sleeps"), get(3, "values"))
    session.send(cancel=(2, 3, 99))
    replies = session.replies(3)
    assert [replies[1].error.reason, replies[2].error.reason] == ["timeout", "cancelled"]
    session.finish()


def test_a_host_that_has_said_all_it_wants_still_gets_its_answers(plugin: PluginUnderTest) -> None:
    session = SessionClient(plugin)
    session.send(*[get(id, "values") for id in range(1, 65)])
    session.finish()
    assert len(session.replies(64)) == 64
    with pytest.raises(StopIteration):
        next(session.frames)


@pytest.mark.parametrize("frame", [b"\xff\xff\xff", b"\x0a\x7f", bytes(300_000)], ids=["rubbish", "cut off", "zeros"])
def test_what_is_no_frame_ends_the_session_and_nothing_else(plugin: PluginUnderTest, frame: bytes) -> None:
    session = plugin.channel.stream_stream(path("Plugin", "Session"))(iter([frame]), timeout=20)
    with pytest.raises(grpc.RpcError) as failure:
        next(session)
    assert failure.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert plugin.get("values").row_count == 1


@pytest.mark.parametrize(
    "frames",
    [[[2, 2]], [[2], [1]], [list(range(1, 66))]],
    ids=["an id twice", "an id that goes back", "65 calls"],
)
def test_a_broken_rule_ends_the_session_and_nothing_else(plugin: PluginUnderTest, frames: list[list[int]]) -> None:
    session = SessionClient(plugin)
    for ids in frames:
        session.send(*[get(id, "values") for id in ids])
    with pytest.raises(grpc.RpcError) as failure:
        while True:
            next(session.frames)
    assert failure.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert plugin.get("values").row_count == 1
