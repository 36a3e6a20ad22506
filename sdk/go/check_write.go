package easyrest

import (
	"crypto/sha256"
	"encoding/base64"

	"easyrest/contract"
)

// Write is a request of TableCreate, TableUpdate or TableDelete.
type Write interface {
	GetTable() string
	GetContext() *contract.RequestContext
	GetMaxAffected() uint64
	GetExpectSingle() bool
}

// CheckWrite says, before the commit, whether a request allows its write: read_only, max_affected, expect_single. On an
// error (ReasonPermission, ReasonMaxAffected, ReasonSingular) the transaction must be rolled back.
func CheckWrite(request Write, affected uint64) error {
	if request.GetContext().GetReadOnly() {
		return Errorf(ReasonPermission, "the request may only read")
	}
	if limit := maxAffected(request); limit != nil && affected > *limit {
		return Errorf(ReasonMaxAffected, "expected at most %d rows to be affected, found %d", *limit, affected)
	}
	return checkSingle(request.GetExpectSingle(), affected)
}

// CheckIfMatch answers ReasonPrecondition unless one of the entity tags of a write matches the rows it is about to change:
// what a TableGet answers for its where and if_match_select, read inside the write's transaction. Without tags it is nil.
func CheckIfMatch(tags []string, rows []byte, rowCount uint64) error {
	sum := sha256.Sum256(rows)
	tag := base64.RawURLEncoding.EncodeToString(sum[:])[:22]
	for _, wanted := range tags {
		if wanted == tag || wanted == "*" && rowCount > 0 {
			return nil
		}
	}
	if len(tags) == 0 {
		return nil
	}
	return Errorf(ReasonPrecondition, "the rows have changed since they were read; read them again")
}

// KeepsNothing tells a dry run: everything is executed and answered, nothing is kept.
func KeepsNothing(request Write) bool {
	return request.GetContext().GetTxEnd() == contract.TransactionEnd_TRANSACTION_END_ROLLBACK
}

// An absent limit is not a limit of 0.
func maxAffected(request Write) *uint64 {
	switch known := request.(type) {
	case *contract.TableCreateRequest:
		return known.MaxAffected
	case *contract.TableUpdateRequest:
		return known.MaxAffected
	case *contract.TableDeleteRequest:
		return known.MaxAffected
	default:
		return nil
	}
}
