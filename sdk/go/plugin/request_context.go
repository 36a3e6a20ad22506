package plugin

import (
	"regexp"
	"strconv"
	"time"

	"easyrest"
	"easyrest/contract"
)

// contextMap is ctx as plugins of the original get it. The typed fields win over their namesakes in it.
func contextMap(request *contract.RequestContext) (map[string]any, error) {
	ctx := map[string]any{}
	if len(request.GetCtx()) > 0 {
		object, err := easyrest.ParseObject(request.Ctx)
		if err != nil {
			return nil, easyrest.Errorf(easyrest.ReasonBadValue, "expected ctx to be a JSON object")
		}
		ctx = objectMap(object)
	}
	ctx["timezone"] = request.GetTimezone()
	prefer, _ := ctx["prefer"].(map[string]any)
	if prefer == nil {
		prefer = map[string]any{}
		ctx["prefer"] = prefer
	}
	prefer["tx"] = "commit"
	if request.GetTxEnd() == contract.TransactionEnd_TRANSACTION_END_ROLLBACK {
		prefer["tx"] = "rollback"
	}
	return ctx, nil
}

func userOf(request *contract.RequestContext) string { return request.GetUserId() }

var zoneOffset = regexp.MustCompile(`^([+-])(\d\d):?(\d\d)$`)

// location is the time zone of a request: a name or an offset. UTC where this machine does not know it.
func location(request *contract.RequestContext) *time.Location {
	name := request.GetTimezone()
	if match := zoneOffset.FindStringSubmatch(name); match != nil {
		hours, _ := strconv.Atoi(match[1] + match[2])
		minutes, _ := strconv.Atoi(match[1] + match[3])
		return time.FixedZone("", hours*3600+minutes*60)
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
