package easyrest

import (
	"fmt"
	"time"
)

// Reason says why a call failed, in the words of the contract. The server answers each with a status of HTTP.
type Reason string

// The reasons, with the status that a client gets. Any other reason is answered with 502.
const (
	ReasonUnique          Reason = "unique"           // 409
	ReasonForeignKey      Reason = "foreign_key"      // 409
	ReasonConflict        Reason = "conflict"         // 409
	ReasonExclusion       Reason = "exclusion"        // 409
	ReasonNotNull         Reason = "not_null"         // 400
	ReasonCheck           Reason = "check"            // 400
	ReasonBadValue        Reason = "bad_value"        // 400
	ReasonUnknownColumn   Reason = "unknown_column"   // 400
	ReasonMaxAffected     Reason = "max_affected"     // 400
	ReasonUnknownTable    Reason = "unknown_table"    // 404
	ReasonUnknownFunction Reason = "unknown_function" // 404
	ReasonPermission      Reason = "permission"       // 403
	ReasonSingular        Reason = "singular"         // 406
	ReasonPrecondition    Reason = "precondition"     // 412
	ReasonTooLarge        Reason = "too_large"        // 413
	ReasonUnsupported     Reason = "unsupported"      // 501
	ReasonUnavailable     Reason = "unavailable"      // 503
	ReasonTimeout         Reason = "timeout"          // 504
)

// Answered by the SDK itself: the plugin's own fault, and a call that nobody waits for.
const (
	reasonInternal  Reason = "internal"
	reasonCancelled Reason = "cancelled"
)

// Error is a failure that the client may know of. A handler that returns any other error has failed itself: its text goes
// to the log, and the client learns only that the plugin failed.
type Error struct {
	Reason Reason
	// Message names columns, constraints and limits; never statements, and never the text of a driver.
	Message string
	// Details for the client, beside the message: "column", "constraint", "table", "nearest", "capability", "hint".
	// "log" is for the server's log alone.
	Details map[string]string
	// RetryAfter goes with ReasonUnavailable; 0: unknown.
	RetryAfter time.Duration
}

// Errorf makes an Error with a formatted message.
func Errorf(reason Reason, format string, arguments ...any) *Error {
	return &Error{Reason: reason, Message: fmt.Sprintf(format, arguments...)}
}

// With adds a detail and returns the same Error.
func (e *Error) With(name, value string) *Error {
	if e.Details == nil {
		e.Details = map[string]string{}
	}
	e.Details[name] = value
	return e
}

// Error makes *Error an error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Reason, e.Message) }

func unsupported(capability Capability) *Error {
	return Errorf(ReasonUnsupported, "this plugin has no capability %s", capability).With("capability", string(capability))
}
