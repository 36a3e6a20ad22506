"""The first lines between a host and a plugin: environment variables in, one line on standard output back."""

import os

from .start_failure import StartFailure

cookie_name, cookie_value = "EASYREST_PLUGIN", "easyrest"

# easyrest.plugin.v1. Version 1 is the original's net/rpc.
own_versions = (2,)

# Set by the host when standard input is a pipe that it never writes: its end means that the host is gone.
lifeline_variable = "EASYREST_PLUGIN_STDIN_LIFELINE"


def check_environment() -> None:
    """Raises StartFailure when the program was not started by a plugin host."""
    if os.environ.get(cookie_name) != cookie_value:
        raise StartFailure(started_by_hand)


def negotiate_version() -> int:
    """The highest version both sides know, else this SDK's own."""
    asked = os.environ.get("PLUGIN_PROTOCOL_VERSIONS", "").split(",")
    common = [version for version in own_versions if str(version) in asked]
    return max(common or own_versions)


def print_handshake(network: str, address: str, certificate: str) -> None:
    line = f"1|{negotiate_version()}|{network}|{address}|grpc|{certificate}"
    # A host that offers multiplexing reads the seventh field; any other would take it for a part of the sixth.
    if os.environ.get("PLUGIN_MULTIPLEX_GRPC"):
        line += "|false"
    # Past every buffer: a host that sees no line gives up after a minute.
    os.write(1, f"{line}\n".encode())


# The first three lines are go-plugin's own: people search for them.
started_by_hand = """\
This binary is a plugin. These are not meant to be executed directly.
Please execute the program that consumes these plugins, which will
load any plugins automatically

EasyREST finds it by its file name, easyrest-plugin-<scheme>, in plugin_dirs, beside easyrest-server or on PATH; or \
set "path" of the connection to this file: easyrest-server --config config.yaml
To run it under a debugger: start it with EASYREST_PLUGIN=easyrest and hand the line that it prints to the server in \
EASYREST_REATTACH_PLUGINS."""
