"""One method of the contract, between bytes, whichever door its calls come in by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .call import Call


@dataclass(frozen=True, slots=True)
class Operation:
    name: str  # as in the .proto, e.g. TableGet
    answer: Callable[[bytes, Call], bytes]  # the message of the request -> that of the response; on a pool's thread


# The operations of one service by the names of their methods. A method that is missing is answered UNIMPLEMENTED.
Operations = Mapping[str, Operation]


def operation(message: type, serve: Callable[..., object], name: str) -> Operation:
    """Makes an operation of a function from the message of the request to that of the response."""

    def answer(request: bytes, call: Call) -> bytes:
        response: bytes = serve(message.FromString(request), call).SerializeToString()  # type: ignore[attr-defined]
        return response

    return Operation(name, answer)
