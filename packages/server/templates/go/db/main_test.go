package main

import (
	"context"
	"testing"

	sdk "easyrest"
	"easyrest/contract"
)

func TestRowsThatWereCreatedAreFound(t *testing.T) {
	ctx := context.Background()
	db := &memory{tables: sdk.Tables{}}
	created, err := db.TableCreate(ctx, &contract.TableCreateRequest{
		Table: "things", Rows: []byte(`[{"id":1,"name":"one"},{"id":2,"name":"two"}]`),
	})
	if err != nil || created.Affected != 2 {
		t.Fatalf("expected 2 rows, got %v (%v)", created, err)
	}
	equal := &contract.Comparison{Column: "id", Operator: contract.Operator_OPERATOR_EQ, Operands: []string{"2"}}
	found, err := db.TableGet(ctx, &contract.TableGetRequest{
		Table: "things", Where: &contract.Predicate{Kind: &contract.Predicate_Comparison{Comparison: equal}},
	})
	if err != nil || string(found.Rows) != `[{"id":2,"name":"two"}]` {
		t.Fatalf("expected row 2, got %v (%v)", found, err)
	}
}

func TestTableThatDoesNotExistIsUnknown(t *testing.T) {
	_, err := (&memory{tables: sdk.Tables{}}).TableGet(context.Background(), &contract.TableGetRequest{Table: "none"})
	if failure, ok := err.(*sdk.Error); !ok || failure.Reason != sdk.ReasonUnknownTable {
		t.Fatalf("expected unknown_table, got %v", err)
	}
}
