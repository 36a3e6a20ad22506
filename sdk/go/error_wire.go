package easyrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"easyrest/contract"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Whatever a handler returned, as the error that the host gets. What is no Error may hold secrets or the text of a
// driver, so it goes to the log.
func toError(method string, err error) *Error {
	var known *Error
	switch isOurs := errors.As(err, &known); {
	case isOurs && known != nil:
		return known
	case isOurs: // the old trap: a variable of type *Error that is nil is an error that is not
		err = errors.New("expected an error or nil, got a nil *easyrest.Error as an error")
	}
	Log.Error(fmt.Sprintf("%s failed: %s", method, err), "method", method)
	return failed()
}

func panicError(method string, thrown any) *Error {
	Log.Error(fmt.Sprintf("%s panicked: %v", method, thrown), "method", method, "stack", string(debug.Stack()))
	return failed()
}

func failed() *Error { return Errorf(reasonInternal, "the plugin failed; its log says why") }

// Why a call ended before its handler did.
func endOf(ctx context.Context) *Error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return Errorf(ReasonTimeout, "the plugin did not answer before the deadline")
	}
	return Errorf(reasonCancelled, "the caller gave the call up")
}

// statusError is the failure of a gRPC call: its status, and all of the error in a trailer.
func statusError(setTrailer func(metadata.MD), failure *Error) error {
	message := errorMessage(failure)
	if encoded, err := proto.Marshal(message); err == nil {
		setTrailer(metadata.Pairs("easyrest-error-bin", string(encoded)))
	}
	return status.Error(statusCode(failure.Reason), clip(message.Message, 300))
}

// Small and plain enough for a trailer: a larger one would break the connection.
func errorMessage(failure *Error) *contract.Error {
	message := &contract.Error{
		Reason:  clip(string(failure.Reason), 64),
		Message: clip(failure.Message, 1024),
	}
	message.Details = printDetails(failure.Details, maxErrorBytes-len(message.Message))
	if failure.RetryAfter > 0 {
		message.RetryAfterMs = uint32(failure.RetryAfter.Milliseconds())
	}
	return message
}

// What errorMessage leaves of message and details: gRPC takes 8 KiB of headers everywhere, and base64 makes four bytes of three.
const maxErrorBytes = 5 * 1024

// printDetails leaves out what does not fit into so many bytes.
func printDetails(details map[string]string, room int) []byte {
	if len(details) == 0 {
		return nil
	}
	names := make([]string, 0, len(details))
	for name := range details {
		names = append(names, name)
	}
	sort.Strings(names)
	clipped := map[string]string{}
	for _, name := range names {
		name, value := clip(name, 64), clip(details[name], 1024)
		entry, _ := json.Marshal([]string{name, value})
		if room -= len(entry); room < 0 {
			break
		}
		clipped[name] = value
	}
	printed, _ := json.Marshal(clipped)
	return printed
}

func clip(text string, length int) string {
	if len(text) > length {
		text = text[:length]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

func statusCode(reason Reason) codes.Code {
	if code, known := statusCodes[reason]; known {
		return code
	}
	return codes.Internal
}

var statusCodes = map[Reason]codes.Code{
	ReasonUnique:          codes.AlreadyExists,
	ReasonForeignKey:      codes.FailedPrecondition,
	ReasonConflict:        codes.Aborted,
	ReasonExclusion:       codes.AlreadyExists,
	ReasonNotNull:         codes.InvalidArgument,
	ReasonCheck:           codes.InvalidArgument,
	ReasonBadValue:        codes.InvalidArgument,
	ReasonUnknownColumn:   codes.InvalidArgument,
	ReasonMaxAffected:     codes.InvalidArgument,
	ReasonUnknownTable:    codes.NotFound,
	ReasonUnknownFunction: codes.NotFound,
	ReasonPermission:      codes.PermissionDenied,
	ReasonSingular:        codes.FailedPrecondition,
	ReasonPrecondition:    codes.FailedPrecondition,
	ReasonTooLarge:        codes.ResourceExhausted,
	ReasonUnsupported:     codes.Unimplemented,
	ReasonUnavailable:     codes.Unavailable,
	ReasonTimeout:         codes.DeadlineExceeded,
	reasonCancelled:       codes.Canceled,
}
