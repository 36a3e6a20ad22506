"""A plugin that does what its tables are named after."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from easyrest_plugin import (
    CacheGetRequest,
    CachePlugin,
    CacheSetRequest,
    Call,
    CallFunctionRequest,
    ChangeAnswer,
    CreateAnswer,
    DBPlugin,
    FunctionAnswer,
    GetSchemaRequest,
    InitConnectionRequest,
    PluginError,
    RowsAnswer,
    RowsChunk,
    SchemaAnswer,
    TableCreateRequest,
    TableDeleteRequest,
    TableGetRequest,
    TableUpdateRequest,
    serve,
)

cancelled: list[str] = []
closed_cursors: list[str] = []


class Odd(DBPlugin):
    def init_connection(self, request: InitConnectionRequest, call: Call) -> str:
        return "odd"

    def table_get(self, request: TableGetRequest, call: Call) -> Any:
        return getattr(self, request.table)(request, call)

    def values(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        instant = datetime(2024, 6, 1, 12, tzinfo=UTC)
        return RowsAnswer([{"n": None, "i": 2**63 - 1, "d": Decimal("12.50"), "b": b"\0\xff", "at": instant}])

    def wrong_value(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        return RowsAnswer([{"a": 1}, {"a": {1, 2}}])

    def wrong_answer(self, request: TableGetRequest, call: Call) -> Any:
        return [{"a": 1}]

    def raises(self, request: TableGetRequest, call: Call) -> Any:
        raise ValueError("password is hunter2")

    def leaves(self, request: TableGetRequest, call: Call) -> Any:
        sys.exit(3)

    def refuses(self, request: TableGetRequest, call: Call) -> Any:
        details = {"column": "a", **{f"hint {number}": "é" * 100_000 for number in range(20)}}
        raise PluginError("bad_value", "no\ud800 such " + "m" * 10_000, details=details)

    def sleeps(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        woken = threading.Event()
        call.on_cancel(woken.set)
        if woken.wait(30):
            cancelled.append(call.ended.reason if call.ended else "")
        return RowsAnswer([])

    def blocks(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        time.sleep(30)
        return RowsAnswer([])

    def ends(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        return RowsAnswer([{"cancelled": list(cancelled), "cursors": list(closed_cursors)}])

    def prints(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        print("from Python")
        os.write(1, b"from a library\n")
        subprocess.run(["echo", "from a child"], check=True)
        return RowsAnswer([])

    def endless(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        return RowsAnswer({"n": number} for number in itertools.count())

    def thousand(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        return RowsAnswer(b"[" + b",".join([b'{"text":"' + b"x" * 1000 + b'"}'] * 1000) + b"]", row_count=1000)

    def table_get_stream(self, request: TableGetRequest, call: Call) -> Iterator[RowsChunk]:
        try:
            for number in range(1000):
                if request.table == "breaks" and number == 2:
                    raise PluginError("unavailable", "the cursor is gone")
                if request.table == "wrong" and number == 1:
                    yield RowsChunk([{"n": object()}])
                yield RowsChunk([{"n": number, "text": "x" * 10_000}])
            if request.table == "wide":
                yield RowsChunk([{"text": "x" * 100_000}] * 20, total=7)
        finally:
            closed_cursors.append(request.table)

    def table_create(self, request: TableCreateRequest, call: Call) -> CreateAnswer:
        return CreateAnswer(-1)

    def table_update(self, request: TableUpdateRequest, call: Call) -> ChangeAnswer:
        return ChangeAnswer(1)

    def table_delete(self, request: TableDeleteRequest, call: Call) -> ChangeAnswer:
        return ChangeAnswer(1)

    def get_schema(self, request: GetSchemaRequest, call: Call) -> SchemaAnswer:
        return SchemaAnswer(b"no object")

    def call_function(self, request: CallFunctionRequest, call: Call) -> FunctionAnswer:
        answers = {
            "scalar": FunctionAnswer(Decimal("1.50")),
            "nothing": FunctionAnswer(None),
            "set": FunctionAnswer([{"a": 1}, {"a": 2}], is_set=True, total=5),
            "bytes": FunctionAnswer(b'[{"a":1}]', is_set=True, row_count=1),
            "uncounted": FunctionAnswer(b'[{"a":1}]', is_set=True),
        }
        return answers[request.function]

    def close(self) -> None:
        print("closed", file=sys.stderr, flush=True)


class OddCache(CachePlugin):
    def init_connection(self, request: InitConnectionRequest, call: Call) -> str:
        return "odd"

    def get(self, request: CacheGetRequest, call: Call) -> Any:
        return {"none": None, "number": 1}.get(request.key, "value")

    def set(self, request: CacheSetRequest, call: Call) -> None:
        pass


serve(name="odd", version="1.2.3", schemes=["odd", "even"], db=Odd(), cache=OddCache(), max_in_flight=7)
