package easyrest

import "easyrest/contract"

// wishes refuses requests that ask for what a plugin does not name. One that overlooked such a wish would answer other
// rows than those that were asked for.
type wishes struct {
	named      map[Capability]bool
	checkWhere func(*contract.Predicate) error
}

func newWishes(db DBPlugin) wishes {
	w := wishes{named: map[Capability]bool{}}
	for _, capability := range dbCapabilities(db) {
		w.named[capability] = true
	}
	w.checkWhere = w.checkTree
	if checker, ok := db.(WhereChecker); ok {
		w.checkWhere = checker.CheckWhere
	}
	return w
}

func (w wishes) checkGet(request *contract.TableGetRequest) error {
	return first(
		w.checkWhere(request.Where),
		w.need(CapabilityAggregates, len(request.Grouping) > 0 || request.Having != nil),
		w.checkSelect(request.Select),
		w.need(CapabilityDistinct, request.Distinct),
		w.need(CapabilityCount, request.Count == contract.CountMode_COUNT_MODE_EXACT),
		w.need(CapabilityLastKey, len(request.LastKeyColumns) > 0),
	)
}

func (w wishes) checkCreate(request *contract.TableCreateRequest) error {
	wantsKeys := request.Returning == contract.Returning_RETURNING_KEYS
	return first(
		w.need(CapabilityReturning, wantsKeys || len(request.Select) > 0),
		w.checkSelect(request.Select),
		w.need(CapabilityUpsert, request.Conflict != nil),
		w.need(CapabilityMissingDefault, request.MissingDefault),
		w.need(CapabilityPrecondition, request.OverwriteWhen != nil),
	)
}

func (w wishes) checkUpdate(request *contract.TableUpdateRequest) error {
	return w.checkChange(request.Where, request.Returning, request.Select, request.IfMatch)
}

func (w wishes) checkDelete(request *contract.TableDeleteRequest) error {
	return w.checkChange(request.Where, request.Returning, request.Select, request.IfMatch)
}

func (w wishes) checkChange(
	where *contract.Predicate, returning contract.Returning, selected []*contract.Projection, ifMatch []string,
) error {
	wantsRows := returning == contract.Returning_RETURNING_ROWS || returning == contract.Returning_RETURNING_KEYS
	return first(
		w.checkWhere(where),
		w.need(CapabilityReturning, wantsRows),
		w.checkSelect(selected),
		w.need(CapabilityPrecondition, len(ifMatch) > 0),
	)
}

// What is wished of the rows that a function may answer.
func (w wishes) checkFunction(request *contract.CallFunctionRequest) error {
	paged := request.Page != nil && (request.Page.Limit != nil || request.Page.Offset > 0)
	counted := request.Count == contract.CountMode_COUNT_MODE_EXACT
	onRows := request.Where != nil || paged || len(request.Select) > 0 || len(request.Ordering) > 0 || counted
	limited := request.ExpectSet || request.ExpectSingle || request.MaxAffected != nil
	return first(
		w.need(CapabilityFunctionFilters, onRows || limited),
		w.checkWhere(request.Where),
		w.checkSelect(request.Select),
	)
}

func (w wishes) checkSelect(selected []*contract.Projection) error {
	for _, member := range selected {
		err := first(
			w.need(CapabilityAggregates, member.GetAggregate() != nil),
			w.need(CapabilityCast, member.Cast != ""),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w wishes) checkTree(where *contract.Predicate) error {
	return w.need(CapabilityFilterTree, isTree(where))
}

// Without `or` and `not` a condition is a conjunction, however it is nested.
func isTree(where *contract.Predicate) bool {
	switch kind := where.GetKind().(type) {
	case *contract.Predicate_And:
		for _, item := range kind.And.Items {
			if isTree(item) {
				return true
			}
		}
		return false
	case *contract.Predicate_Or, *contract.Predicate_Not:
		return true
	default:
		return false
	}
}

func (w wishes) need(capability Capability, wished bool) error {
	if wished && !w.named[capability] {
		return unsupported(capability)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
