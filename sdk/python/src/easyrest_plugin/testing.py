"""For tests of a plugin: its program as a host sees it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc

from easyrest.plugin.v1 import cache_pb2, db_pb2, plugin_pb2, table_pb2


class PluginUnderTest:
    """Starts a program in Python as a host would. `stop` it, or it lives on until the test process ends."""

    def __init__(self, program: Path, environment: dict[str, str] | None = None) -> None:
        """:param environment: beside what a host sets"""
        # With what a URI would escape in its name.
        self.folder = tempfile.TemporaryDirectory(prefix="er %-")
        variables = {
            "PATH": os.environ["PATH"],
            "EASYREST_PLUGIN": "easyrest",
            "EASYREST_PLUGIN_STDIN_LIFELINE": "1",
            "PLUGIN_PROTOCOL_VERSIONS": "2",
            "PLUGIN_UNIX_SOCKET_DIR": self.folder.name,
            **(environment or {}),
        }
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, str(program)],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self.process.stdout is not None
        self.handshake = self.process.stdout.readline().decode().rstrip("\n").split("|")
        self.channel = grpc.insecure_channel(f"unix:{self.socket}".replace("%", "%25").replace(" ", "%20"))

    @property
    def socket(self) -> str:
        return self.handshake[3] if len(self.handshake) > 3 else "none"

    @property
    def stderr(self) -> str:
        """What it has printed there so far."""
        # The process writes at the end of the same file.
        return os.pread(self._errors.fileno(), 10_000_000, 0).decode()

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of its log so far."""
        return [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]

    def call(self, path: str, request: Any, response: Any, timeout: float = 10) -> Any:
        """One unary call. Raises grpc.RpcError: see `error_of`.

        :param request: a message, or its bytes
        :param response: the class of the answer; None: its bytes
        """
        serialize = (lambda bytes: bytes) if isinstance(request, bytes) else type(request).SerializeToString
        rpc = self.channel.unary_unary(path, serialize, response.FromString if response else None)
        return rpc(request, timeout=timeout)

    def info(self) -> plugin_pb2.GetInfoResponse:
        request = plugin_pb2.GetInfoRequest()
        info: plugin_pb2.GetInfoResponse = self.call(path("Plugin", "GetInfo"), request, plugin_pb2.GetInfoResponse)
        return info

    def connect(self, uri: str) -> "PluginUnderTest":
        """InitConnection of the database."""
        self.call(
            path("DBPlugin", "InitConnection"), db_pb2.InitConnectionRequest(uri=uri), db_pb2.InitConnectionResponse
        )
        return self

    def connect_cache(self, uri: str) -> "PluginUnderTest":
        """InitConnection of the cache."""
        request = cache_pb2.CacheInitConnectionRequest(uri=uri)
        self.call(path("CachePlugin", "InitConnection"), request, cache_pb2.CacheInitConnectionResponse)
        return self

    def get(self, table: str, timeout: float = 10, **request: Any) -> table_pb2.TableGetResponse:
        """TableGet; the members of the request are those of the proto."""
        message = table_pb2.TableGetRequest(table=table, **request)
        response = table_pb2.TableGetResponse
        answer: table_pb2.TableGetResponse = self.call(path("DBPlugin", "TableGet"), message, response, timeout)
        return answer

    def stream(self, table: str, **request: Any) -> Iterator[table_pb2.TableGetChunk]:
        """TableGetStream."""
        rpc = self.channel.unary_stream(
            path("DBPlugin", "TableGetStream"),
            table_pb2.TableGetRequest.SerializeToString,
            table_pb2.TableGetChunk.FromString,
        )
        chunks: Iterator[table_pb2.TableGetChunk] = rpc(table_pb2.TableGetRequest(table=table, **request), timeout=20)
        return chunks

    def stop(self) -> int:
        """Ends the process the way the end of its host would. Answers its status."""
        self.channel.close()
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        status = self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.folder.cleanup()
        return status


def path(service: str, method: str) -> str:
    """Of a method of the contract, e.g. path("DBPlugin", "TableGet")."""
    return f"/easyrest.plugin.v1.{service}/{method}"


def error_of(failure: grpc.RpcError) -> plugin_pb2.Error:
    """The whole error in the trailer of a refused call."""
    trailers = dict(failure.trailing_metadata() or ())
    error: plugin_pb2.Error = plugin_pb2.Error.FromString(trailers["easyrest-error-bin"])
    return error


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until it holds; fails when it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
