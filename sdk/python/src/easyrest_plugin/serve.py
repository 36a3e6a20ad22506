"""The one function that makes a program a plugin."""

import asyncio
import sys
from collections.abc import Sequence
from typing import NoReturn

from .cache_plugin import CachePlugin
from .db_plugin import DBPlugin
from .handshake import check_environment
from .options import Options
from .plugin_log import configure_logging
from .server import run_server
from .start_failure import StartFailure


def serve(
    *,
    name: str,
    version: str,
    schemes: Sequence[str],
    db: DBPlugin | None = None,
    cache: CachePlugin | None = None,
    threads: int = 16,
    max_in_flight: int = 0,
    max_message_bytes: int = 0,
) -> NoReturn:
    """Makes this process a plugin: listens, prints the handshake, and answers the host until it says stop or goes away.

    Never returns; `close` of the roles is the place to clean up. After the handshake standard output belongs to the
    host: print() still works, and what it prints appears in the host's log. A process that no host started is told
    so and ends with status 1. Raises TypeError when the arguments describe no plugin.

    :param name: of the program, for logs and status pages
    :param version: of the program
    :param schemes: of the connection URIs it accepts, without ``://``
    :param threads: how many handlers run at once; other calls wait
    :param max_in_flight: announced to the host, which keeps to it; 0: no limit
    :param max_message_bytes: of one request; 0: 64 MiB
    """
    options = Options(name, version, schemes, db, cache, threads, max_in_flight, max_message_bytes)
    options.check()
    try:
        check_environment()
        configure_logging()
        asyncio.run(run_server(options))
    except StartFailure as failure:
        sys.stderr.write(f"{failure}\n")
    sys.exit(1)
