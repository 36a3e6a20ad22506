"""One session as its server side sees it, whatever carries the frames."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from easyrest.plugin.v1 import plugin_pb2

from .call import Call
from .dispatch import Dispatch
from .operation import Operation
from .plugin_error import PluginError, error_message

# What a session serves: methods of both services by the numbers plugin.proto gives them in a frame.
SessionOperations = Mapping[int, Operation]

max_frame_calls = 64
max_frame_bytes = 256 * 1024


class SessionError(Exception):
    """The host broke a rule of the session: the stream is to be ended."""


class Session:
    """Answers that are ready at the same time leave together. For the thread of the event loop."""

    def __init__(self, operations: SessionOperations, dispatch: Dispatch) -> None:
        self._operations = operations
        self._dispatch = dispatch
        self._calls: dict[int, Call] = {}
        self._replies: deque[plugin_pb2.Reply] = deque()
        self._last_id = 0
        self._has_ended = False
        self._is_last = False
        self._changed = asyncio.Event()

    def receive(self, frame: bytes) -> None:
        """Raises SessionError when the frame breaks the rules of the session; then `end` it."""
        request = decode(frame)
        for call in request.calls:
            self._start(call)
        for id in request.cancel:
            # A call that was answered meanwhile is no longer here.
            if id in self._calls:
                self._calls[id].end()

    async def send_replies(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Returns when the last reply after `finish` has been sent, or after `end`."""
        while not self._has_ended and not (self._is_last and not self._calls and not self._replies):
            if not self._replies:
                self._changed.clear()
                await self._changed.wait()
            while self._replies and not self._has_ended:
                await send(self._next_frame())

    def finish(self) -> None:
        """The peer sends no more calls."""
        self._is_last = True
        self._changed.set()

    def end(self) -> None:
        """The peer is gone: nobody waits for any answer."""
        self._has_ended = True
        for call in list(self._calls.values()):
            call.end()
        self._changed.set()

    def _start(self, call: plugin_pb2.Call) -> None:
        if call.id <= self._last_id:
            raise SessionError(f"expected a call id above {self._last_id}, got {call.id}")
        self._last_id = id = call.id
        operation = self._operations.get(call.method)
        if operation is None:
            unserved = PluginError("unsupported", f"the plugin does not serve {method_name(call.method)}")
            self._reply(id, unserved)
            return
        served = Call(call.timeout_ms / 1000 if call.timeout_ms else math.inf)
        self._calls[id] = served
        answer, message = operation.answer, call.message
        self._dispatch.start(
            operation.name, served, lambda: answer(message, served), lambda result: self._reply(id, result)
        )

    def _reply(self, id: int, result: bytes | PluginError) -> None:
        self._calls.pop(id, None)
        if isinstance(result, bytes) and len(result) > max_answer_bytes:
            # It would end the stream, and with it every other call. No `too_large`: a write has happened nevertheless.
            result = PluginError("internal", "the answer is larger than 64 MiB")
        if isinstance(result, PluginError):
            self._replies.append(plugin_pb2.Reply(id=id, error=error_message(result)))
        else:
            self._replies.append(plugin_pb2.Reply(id=id, message=result))
        self._changed.set()

    def _next_frame(self) -> bytes:
        """At least one reply, at most 64 or 256 KiB."""
        replies = [self._replies.popleft()]
        size = frame_bytes(replies[0])
        while self._replies and len(replies) < max_frame_calls:
            size += frame_bytes(self._replies[0])
            if size > max_frame_bytes:
                break
            replies.append(self._replies.popleft())
        frame: bytes = plugin_pb2.SessionReply(replies=replies).SerializeToString()
        return frame


def decode(frame: bytes) -> plugin_pb2.SessionRequest:
    try:
        request: plugin_pb2.SessionRequest = plugin_pb2.SessionRequest.FromString(frame)
    except Exception as error:  # protobuf's own, whose class depends on how it was built
        raise SessionError(f"expected a SessionRequest: {error}") from error
    allowed = 1 if len(frame) > max_frame_bytes else max_frame_calls
    if len(request.calls) > allowed or (len(frame) > max_frame_bytes and not request.calls):
        problem = f"expected at most 64 calls or 256 KiB, got {len(request.calls)} calls in {len(frame)} bytes"
        raise SessionError(problem)
    return request


def method_name(number: int) -> str:
    known: dict[int, str] = dict(zip(plugin_pb2.Method.values(), plugin_pb2.Method.keys()))
    return known.get(number, f"method {number}")


def frame_bytes(reply: plugin_pb2.Reply) -> int:
    # Its tag and length come on top.
    return int(reply.ByteSize()) + 8


# What a gRPC message may be, less the frame around the answer.
max_answer_bytes = 64 * 1024 * 1024 - 64
