"""Plugin.Session as a gRPC handler."""

import asyncio
import logging
from collections.abc import Mapping

import grpc

from easyrest.plugin.v1 import plugin_pb2

from .dispatch import Dispatch
from .operation import Operations
from .session import Session, SessionError, SessionOperations

logger = logging.getLogger("easyrest_plugin")


class SessionDoor:
    def __init__(self, operations: SessionOperations, dispatch: Dispatch) -> None:
        self._operations = operations
        self._dispatch = dispatch
        self._sessions: set[Session] = set()

    @property
    def handler(self) -> grpc.RpcMethodHandler:
        return grpc.stream_stream_rpc_method_handler(self._handle)

    def stop(self) -> None:
        """A session lives as long as its host: a server that waits for it never stops."""
        for session in list(self._sessions):
            session.finish()

    async def _handle(self, _requests: object, context: grpc.aio.ServicerContext) -> None:
        session = Session(self._operations, self._dispatch)
        self._sessions.add(session)
        reading = asyncio.create_task(read_frames(session, context))
        try:
            await session.send_replies(context.write)
            if reading.done() and isinstance(reading.exception(), SessionError):
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(reading.exception()))
        finally:
            reading.cancel()
            session.end()
            self._sessions.discard(session)


async def read_frames(session: Session, context: grpc.aio.ServicerContext) -> None:
    try:
        while (frame := await context.read()) is not grpc.aio.EOF:
            session.receive(frame)
        # A host that has said all it wants to say still waits for its answers.
        session.finish()
    except SessionError as error:
        logger.error("the host broke a rule of the session: %s", error)
        session.end()
        raise
    except Exception:
        session.end()


def session_operations(db: Operations, cache: Operations) -> SessionOperations:
    """InitConnection is never inside a session."""
    return {**numbered(db, "METHOD_"), **numbered(cache, "METHOD_CACHE_")}


def numbered(operations: Operations, prefix: str) -> SessionOperations:
    numbers: Mapping[str, int] = dict(plugin_pb2.Method.items())
    named = {prefix + upper_snake(name): operation for name, operation in operations.items()}
    return {numbers[name]: operation for name, operation in named.items() if name in numbers}


def upper_snake(name: str) -> str:
    """TableGet -> TABLE_GET."""
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in name).lstrip("_").upper()
