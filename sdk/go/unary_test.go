package easyrest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"easyrest/contract"
	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"
)

func get(table string) *contract.TableGetRequest { return &contract.TableGetRequest{Table: table} }

func TestHandlerThatFailsItselfFailsItsCallAlone(t *testing.T) {
	log := captureLog(t)
	connection := serving(t, Options{Name: "odd", DB: oddDB{}})
	for table, logged := range map[string]string{
		"panics":  "TableGet panicked: secret driver text",
		"nothing": "expected an answer or an error, got neither",
		"fails":   "TableGet failed: context canceled",
		"nilled":  "expected an error or nil, got a nil *easyrest.Error as an error",
		"wrong":   `row 1, column "b": expected a value that JSON can hold, got chan int`,
		"broken":  "answered wrong rows: expected JSON that begins with [ and ends with ], got 7 bytes that do not",
	} {
		failure := call(t, connection, "DBPlugin/TableGet", get(table), &contract.TableGetResponse{})
		if failure.GetReason() != "internal" || strings.Contains(failure.GetMessage(), "secret") {
			t.Errorf("%s: expected the reason internal and no text of the handler, got %v", table, failure)
		}
		if !strings.Contains(log.String(), logged) {
			t.Errorf("%s: expected %q in the log, got %s", table, logged, log)
		}
	}
	if failure := call(t, connection, "DBPlugin/TableGet", get("fine"), &contract.TableGetResponse{}); failure != nil {
		t.Errorf("expected the next call to be answered, got %v", failure)
	}
}

func TestErrorReachesTheHostWhole(t *testing.T) {
	connection := serving(t, Options{Name: "odd", DB: oddDB{}})
	failure := call(t, connection, "DBPlugin/TableUpdate", &contract.TableUpdateRequest{}, &contract.TableUpdateResponse{})
	if failure.GetReason() != "unique" || string(failure.GetDetails()) != `{"constraint":"things_key"}` {
		t.Errorf("expected unique with its constraint, got %v", failure)
	}
}

func TestOfAnErrorThatFitsIntoNoHeaderTheBeginningArrives(t *testing.T) {
	long := strings.Repeat("x", 2000)
	failure := &Error{Reason: ReasonCheck, Message: long, Details: map[string]string{}}
	for index := 0; index < 100; index++ {
		failure.Details[fmt.Sprintf("note%02d", index)] = long
	}
	message := errorMessage(failure)
	if size := proto.Size(message); size > maxErrorBytes+100 {
		t.Errorf("expected at most %d bytes, got %d", maxErrorBytes+100, size)
	}
	details := map[string]string{}
	if err := json.Unmarshal(message.Details, &details); err != nil || len(details) != 3 || len(details["note02"]) != 1024 {
		t.Errorf("expected the first three details, got %d and %v", len(details), err)
	}
}

func TestWishThatIsNotNamedIsRefused(t *testing.T) {
	connection := serving(t, Options{Name: "odd", DB: oddDB{}})
	for capability, request := range map[string]*contract.TableGetRequest{
		"distinct":    {Distinct: true},
		"count":       {Count: contract.CountMode_COUNT_MODE_EXACT},
		"filter_tree": {Where: &contract.Predicate{Kind: &contract.Predicate_Or{Or: &contract.PredicateList{}}}},
		"cast":        {Select: []*contract.Projection{{Alias: "a", Cast: "text"}}},
	} {
		failure := call(t, connection, "DBPlugin/TableGet", request, &contract.TableGetResponse{})
		if failure.GetReason() != "unsupported" || !strings.Contains(string(failure.GetDetails()), capability) {
			t.Errorf("expected %s to be unsupported, got %v", capability, failure)
		}
	}
}

func TestCallThatOutlivesItsDeadlineIsAnsweredAtOnce(t *testing.T) {
	connection := serving(t, Options{Name: "odd", DB: oddDB{}})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := connection.Invoke(ctx, "/easyrest.plugin.v1.DBPlugin/TableGet", get("deaf"), &contract.TableGetResponse{})
	if err == nil || time.Since(start) > 1900*time.Millisecond {
		t.Errorf("expected a failure at once, got %v after %s", err, time.Since(start))
	}
}

func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	before := Log
	t.Cleanup(func() { Log = before })
	written := &bytes.Buffer{}
	Log = hclog.New(&hclog.LoggerOptions{Output: written})
	return written
}
