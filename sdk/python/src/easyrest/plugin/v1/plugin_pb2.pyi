from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_DB: _ClassVar[Role]
    ROLE_CACHE: _ClassVar[Role]
    ROLE_AUTH: _ClassVar[Role]

class Method(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    METHOD_UNSPECIFIED: _ClassVar[Method]
    METHOD_TABLE_GET: _ClassVar[Method]
    METHOD_TABLE_CREATE: _ClassVar[Method]
    METHOD_TABLE_UPDATE: _ClassVar[Method]
    METHOD_TABLE_DELETE: _ClassVar[Method]
    METHOD_CALL_FUNCTION: _ClassVar[Method]
    METHOD_GET_SCHEMA: _ClassVar[Method]
    METHOD_QUERY: _ClassVar[Method]
    METHOD_ENSURE_TABLE: _ClassVar[Method]
    METHOD_TABLE_BATCH: _ClassVar[Method]
    METHOD_CACHE_GET: _ClassVar[Method]
    METHOD_CACHE_SET: _ClassVar[Method]
    METHOD_CACHE_DELETE: _ClassVar[Method]
ROLE_UNSPECIFIED: Role
ROLE_DB: Role
ROLE_CACHE: Role
ROLE_AUTH: Role
METHOD_UNSPECIFIED: Method
METHOD_TABLE_GET: Method
METHOD_TABLE_CREATE: Method
METHOD_TABLE_UPDATE: Method
METHOD_TABLE_DELETE: Method
METHOD_CALL_FUNCTION: Method
METHOD_GET_SCHEMA: Method
METHOD_QUERY: Method
METHOD_ENSURE_TABLE: Method
METHOD_TABLE_BATCH: Method
METHOD_CACHE_GET: Method
METHOD_CACHE_SET: Method
METHOD_CACHE_DELETE: Method

class GetInfoRequest(_message.Message):
    __slots__ = ("host_name", "host_version")
    HOST_NAME_FIELD_NUMBER: _ClassVar[int]
    HOST_VERSION_FIELD_NUMBER: _ClassVar[int]
    host_name: str
    host_version: str
    def __init__(self, host_name: _Optional[str] = ..., host_version: _Optional[str] = ...) -> None: ...

class GetInfoResponse(_message.Message):
    __slots__ = ("name", "version", "roles", "schemes", "capabilities", "limits", "sdk")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    SCHEMES_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SDK_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    roles: _containers.RepeatedScalarFieldContainer[Role]
    schemes: _containers.RepeatedScalarFieldContainer[str]
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    limits: Limits
    sdk: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[Role, str]]] = ..., schemes: _Optional[_Iterable[str]] = ..., capabilities: _Optional[_Iterable[str]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., sdk: _Optional[str] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("max_in_flight", "max_message_bytes")
    MAX_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    max_in_flight: int
    max_message_bytes: int
    def __init__(self, max_in_flight: _Optional[int] = ..., max_message_bytes: _Optional[int] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("reason", "message", "details", "retry_after_ms")
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    details: bytes
    retry_after_ms: int
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., details: _Optional[bytes] = ..., retry_after_ms: _Optional[int] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ("calls", "cancel")
    CALLS_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    cancel: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., cancel: _Optional[_Iterable[int]] = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ("id", "method", "message", "timeout_ms")
    ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    id: int
    method: Method
    message: bytes
    timeout_ms: int
    def __init__(self, id: _Optional[int] = ..., method: _Optional[_Union[Method, str]] = ..., message: _Optional[bytes] = ..., timeout_ms: _Optional[int] = ...) -> None: ...

class SessionReply(_message.Message):
    __slots__ = ("replies",)
    REPLIES_FIELD_NUMBER: _ClassVar[int]
    replies: _containers.RepeatedCompositeFieldContainer[Reply]
    def __init__(self, replies: _Optional[_Iterable[_Union[Reply, _Mapping]]] = ...) -> None: ...

class Reply(_message.Message):
    __slots__ = ("id", "message", "error")
    ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    id: int
    message: bytes
    error: Error
    def __init__(self, id: _Optional[int] = ..., message: _Optional[bytes] = ..., error: _Optional[_Union[Error, _Mapping]] = ...) -> None: ...
