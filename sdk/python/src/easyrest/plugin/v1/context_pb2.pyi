from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TransactionEnd(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSACTION_END_UNSPECIFIED: _ClassVar[TransactionEnd]
    TRANSACTION_END_COMMIT: _ClassVar[TransactionEnd]
    TRANSACTION_END_ROLLBACK: _ClassVar[TransactionEnd]
TRANSACTION_END_UNSPECIFIED: TransactionEnd
TRANSACTION_END_COMMIT: TransactionEnd
TRANSACTION_END_ROLLBACK: TransactionEnd

class RequestContext(_message.Message):
    __slots__ = ("user_id", "timezone", "tx_end", "read_only", "ctx")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    TX_END_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    CTX_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    timezone: str
    tx_end: TransactionEnd
    read_only: bool
    ctx: bytes
    def __init__(self, user_id: _Optional[str] = ..., timezone: _Optional[str] = ..., tx_end: _Optional[_Union[TransactionEnd, str]] = ..., read_only: _Optional[bool] = ..., ctx: _Optional[bytes] = ...) -> None: ...
