"""TableGetStream as a gRPC handler."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import grpc

from .call import Call
from .dispatch import Dispatch
from .plugin_error import PluginError
from .unary_door import abort, served_call

Stream = Callable[[bytes, Call], Iterator[bytes]]


def stream_handler(stream: Stream, dispatch: Dispatch) -> grpc.RpcMethodHandler:
    async def handle(request: bytes, context: grpc.aio.ServicerContext) -> None:
        call = served_call(context)
        writer = ChunkWriter(context, asyncio.get_running_loop())
        # Nobody reads a call that has ended: wake the writer, so that it can leave.
        call.on_cancel(writer.cancel)
        try:
            await dispatch.run("TableGetStream", call, lambda: write_chunks(stream(request, call), call, writer))
        except PluginError as error:
            await abort(context, error)
        except asyncio.CancelledError:
            call.end()
            raise

    return grpc.unary_stream_rpc_method_handler(handle)


class ChunkWriter:
    """Writes from a thread of the pool, which waits until gRPC has taken the chunk."""

    def __init__(self, context: grpc.aio.ServicerContext, loop: asyncio.AbstractEventLoop) -> None:
        self._context = context
        self._loop = loop
        self._pending: Future[None] | None = None

    def write(self, chunk: bytes) -> None:
        self._pending = asyncio.run_coroutine_threadsafe(self._context.write(chunk), self._loop)
        self._pending.result()

    def cancel(self) -> None:
        if self._pending is not None:
            self._pending.cancel()


def write_chunks(chunks: Iterator[bytes], call: Call, writer: ChunkWriter) -> None:
    """Asks for a chunk only when the last one has left."""
    try:
        for chunk in chunks:
            if call.cancelled:
                return
            writer.write(chunk)
    except Exception:
        # What fails because the reader is gone is no failure of the plugin.
        if not call.cancelled:
            raise
    finally:
        getattr(chunks, "close", lambda: None)()
