package plugin

import "fmt"

// GetTxPreference reads from ctx how a write ends: "commit", also when nothing is said, or "rollback". It fails for
// anything else.
func GetTxPreference(ctx map[string]any) (string, error) {
	given, ok := ctx["prefer"]
	if !ok || given == nil {
		return "commit", nil
	}
	prefer, ok := given.(map[string]any)
	if !ok {
		return "", fmt.Errorf("invalid type for prefer: expected a map, got %T", given)
	}
	switch tx := prefer["tx"].(type) {
	case nil:
		return "commit", nil
	case string:
		switch tx {
		case "", "commit":
			return "commit", nil
		case "rollback":
			return tx, nil
		}
		return "", fmt.Errorf("invalid value for prefer.tx: %q, must be 'commit' or 'rollback'", tx)
	default:
		return "", fmt.Errorf("invalid type for prefer.tx: expected string, got %T", tx)
	}
}
