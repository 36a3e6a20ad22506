"""The running plugin: listens, answers the host, and ends with it."""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

import grpc

from easyrest.plugin.v1 import plugin_pb2

from .cache_service import CacheService
from .db_service import DbService
from .dispatch import Dispatch
from .go_plugin_services import GoPluginServices
from .lifetime import watch_host
from .listen import listen
from .operation import operation
from .options import Options
from .plugin_description import describe_plugin
from .session_door import SessionDoor, session_operations
from .stdio_relay import StdioRelay
from .stream_door import stream_handler
from .unary_door import unary_handlers

logger = logging.getLogger("easyrest_plugin")


async def run_server(options: Options) -> NoReturn:
    """Ends the process when the host has said stop or is gone. Raises StartFailure."""
    loop = asyncio.get_running_loop()
    stopping: asyncio.Future[str] = loop.create_future()

    def stop(reason: str) -> None:
        if not stopping.done():
            stopping.set_result(reason)

    dispatch = Dispatch(loop, options.threads)
    relay = StdioRelay(loop)
    go_plugin = GoPluginServices(relay, lambda: stop("the host said so"))
    server = grpc.aio.server(options=server_options(options))
    sessions = add_services(server, dispatch, options)
    server.add_generic_rpc_handlers(go_plugin.handlers)
    watch_host(loop, stop)
    socket = await listen(server)
    # A terminal is an author's, who runs the plugin under a debugger; a host has a pipe.
    if not os.isatty(1):
        relay.capture()
    logger.debug("listening", extra={"plugin": options.name, "version": options.version})
    logger.debug("stopping: %s", await stopping)
    await stop_server(server, dispatch, go_plugin, sessions)
    await close(options)
    if socket is not None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(socket)
    # Not by returning: a handler that still holds a thread would keep the process.
    leave(0)


def server_options(options: Options) -> list[tuple[str, int]]:
    return [
        # Bursts of thousands of streams wedge an HTTP/2 connection over a unix socket for good; waiting calls do not.
        ("grpc.max_concurrent_streams", 200),
        ("grpc.max_receive_message_length", options.max_message_bytes or max_message_bytes),
        ("grpc.max_send_message_length", max_message_bytes),
        ("grpc.so_reuseport", 0),
    ]


max_message_bytes = 64 * 1024 * 1024


def add_services(server: grpc.aio.Server, dispatch: Dispatch, options: Options) -> SessionDoor:
    db = DbService(options.db, options.schemes) if options.db is not None else None
    cache = CacheService(options.cache, options.schemes) if options.cache is not None else None
    info = describe_plugin(options)
    get_info = operation(plugin_pb2.GetInfoRequest, lambda _request, _call: info, "GetInfo")
    door = SessionDoor(session_operations(db.operations if db else {}, cache.operations if cache else {}), dispatch)
    plugin = {**unary_handlers({"GetInfo": get_info}, dispatch), "Session": door.handler}
    services = {"easyrest.plugin.v1.Plugin": plugin}
    if db is not None:
        stream = {"TableGetStream": stream_handler(db.stream, dispatch)} if db.streams else {}
        services["easyrest.plugin.v1.DBPlugin"] = {**unary_handlers(db.operations, dispatch), **stream}
    if cache is not None:
        services["easyrest.plugin.v1.CachePlugin"] = unary_handlers(cache.operations, dispatch)
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(name, methods) for name, methods in services.items()]
    )
    return door


async def stop_server(
    server: grpc.aio.Server, dispatch: Dispatch, go_plugin: GoPluginServices, sessions: SessionDoor
) -> None:
    """Calls in flight finish; a host waits two seconds for the exit and then kills."""
    go_plugin.stop()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(dispatch.stop(), 1.4)
    sessions.stop()
    await server.stop(0.2)


async def close(options: Options) -> None:
    """Without a host nobody kills: a close that hangs must not keep the process."""
    closes: list[Callable[[], None]] = [plugin.close for plugin in (options.db, options.cache) if plugin is not None]
    for close_role in closes:
        try:
            await asyncio.wait_for(asyncio.to_thread(close_role), 5)
        except TimeoutError:
            logger.error("close took longer than 5 seconds")
        except Exception as error:
            logger.error("close failed: %s", error, exc_info=True)


def leave(status: int) -> NoReturn:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)
