"""The services that every go-plugin host expects: health, controller, stdio, broker.

Their messages are so small that they are written by hand: a generated module of the name that go-plugin uses, `plugin`,
would be in the way of every other one.
"""

import asyncio
from collections.abc import Callable

import grpc

from .stdio_relay import StdioRelay


class GoPluginServices:
    def __init__(self, relay: StdioRelay, shutdown: Callable[[], None]) -> None:
        """:param shutdown: called when the host asks the program to stop"""
        self._relay = relay
        self._shutdown = shutdown
        self._stopped = asyncio.Event()

    @property
    def handlers(self) -> list[grpc.GenericRpcHandler]:
        services = {
            "grpc.health.v1.Health": {
                "Check": grpc.unary_unary_rpc_method_handler(self._check),
                "Watch": grpc.unary_stream_rpc_method_handler(self._watch),
            },
            "plugin.GRPCController": {"Shutdown": grpc.unary_unary_rpc_method_handler(self._accept_shutdown)},
            "plugin.GRPCStdio": {"StreamStdio": grpc.unary_stream_rpc_method_handler(self._stream_stdio)},
            "plugin.GRPCBroker": {"StartStream": grpc.stream_stream_rpc_method_handler(self._start_stream)},
        }
        return [grpc.method_handlers_generic_handler(name, methods) for name, methods in services.items()]

    def stop(self) -> None:
        """The streams live as long as their connection: a server that waits for them never stops."""
        self._stopped.set()

    async def _check(self, request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        if request not in health_names:
            await context.abort(grpc.StatusCode.NOT_FOUND, 'expected the service name "plugin"')
        return not_serving if self._stopped.is_set() else serving

    async def _watch(self, request: bytes, context: grpc.aio.ServicerContext) -> None:
        await context.write(serving if request in health_names else service_unknown)
        await self._stopped.wait()

    async def _accept_shutdown(self, _request: bytes, _context: grpc.aio.ServicerContext) -> bytes:
        self._shutdown()
        return b""

    async def _stream_stdio(self, _request: bytes, context: grpc.aio.ServicerContext) -> None:
        relayed = asyncio.create_task(self._relay.relay(lambda data: context.write(stdio_data(data))))
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait([relayed, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            relayed.cancel()
            stopped.cancel()

    async def _start_stream(self, _requests: object, context: grpc.aio.ServicerContext) -> None:
        # The contract has no calls from the plugin to the host, so there is nothing to say on it.
        stopped = asyncio.create_task(self._stopped.wait())
        ended = asyncio.create_task(read_to_end(context))
        try:
            await asyncio.wait([stopped, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            ended.cancel()


async def read_to_end(context: grpc.aio.ServicerContext) -> None:
    while await context.read() is not grpc.aio.EOF:
        pass


# HealthCheckRequest { service: "plugin" }, or none.
health_names = (b"\x0a\x06plugin", b"")

# HealthCheckResponse { status }.
serving, not_serving, service_unknown = b"\x08\x01", b"\x08\x02", b"\x08\x03"


def stdio_data(data: bytes) -> bytes:
    """StdioData { channel: STDOUT, data }."""
    return b"\x08\x01\x12" + varint(len(data)) + data


def varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
