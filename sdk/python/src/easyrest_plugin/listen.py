"""Where the plugin listens."""

import os
import secrets
import sys
import tempfile
from urllib.parse import quote

import grpc

from .credentials import create_credentials
from .handshake import print_handshake
from .start_failure import StartFailure

# sun_path has 108 bytes on Linux and 104 on macOS.
max_socket_path_bytes = 103


async def listen(server: grpc.aio.Server) -> str | None:
    """Starts the server on a unix socket in the host's private directory, or on TCP on 127.0.0.1 on Windows, and prints
    the handshake. Answers the path of the socket. Raises StartFailure."""
    credentials, certificate = create_credentials()
    path = None if sys.platform == "win32" else socket_path()
    # gRPC reads an address as a URI.
    target = "127.0.0.1:0" if path is None else f"unix:{quote(path)}"
    try:
        port = server.add_insecure_port(target) if credentials is None else server.add_secure_port(target, credentials)
        await server.start()
    except RuntimeError as error:
        raise StartFailure(f"cannot listen on {target}: {error}") from error
    if path is None:
        print_handshake("tcp", f"127.0.0.1:{port}", certificate)
        return None
    os.chmod(path, 0o600)
    print_handshake("unix", path, certificate)
    return path


def socket_path() -> str:
    folder = os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()
    path = os.path.join(os.path.abspath(folder), f"plugin{secrets.token_hex(5)}")
    length = len(os.fsencode(path))
    if length <= max_socket_path_bytes:
        return path
    raise StartFailure(
        f"expected a socket path of at most {max_socket_path_bytes} bytes, got {length}: {path}; "
        "set PLUGIN_UNIX_SOCKET_DIR or TMPDIR to a shorter directory"
    )
