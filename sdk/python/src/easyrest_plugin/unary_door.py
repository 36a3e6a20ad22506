"""Operations as unary gRPC handlers."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import grpc

from .call import Call
from .dispatch import Dispatch
from .operation import Operation, Operations
from .plugin_error import PluginError, clip, error_message, error_trailer, status_of


def unary_handlers(operations: Operations, dispatch: Dispatch) -> dict[str, grpc.RpcMethodHandler]:
    """Messages stay bytes at the door: decoding them is the operation's business."""
    return {
        name: grpc.unary_unary_rpc_method_handler(unary_handler(operation, dispatch))
        for name, operation in operations.items()
    }


def unary_handler(
    operation: Operation, dispatch: Dispatch
) -> Callable[[bytes, grpc.aio.ServicerContext], Awaitable[bytes]]:
    async def handle(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        call = served_call(context)
        try:
            return await dispatch.run(operation.name, call, lambda: operation.answer(request, call))
        except PluginError as error:
            await abort(context, error)
            raise
        except asyncio.CancelledError:
            # gRPC ends the handler of a call that nobody waits for.
            call.end()
            raise

    return handle


def served_call(context: grpc.aio.ServicerContext) -> Call:
    remaining = context.time_remaining()
    return Call(math.inf if remaining is None else remaining)


async def abort(context: grpc.aio.ServicerContext, error: PluginError) -> None:
    """Ends the gRPC call with the error's status, and the whole error in the trailer."""
    trailer = ((error_trailer, error_message(error).SerializeToString()),)
    await context.abort(status_of(error), clip(error.message, 300), trailer)
