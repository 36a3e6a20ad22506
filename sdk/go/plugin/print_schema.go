package plugin

import (
	"encoding/json"
	"fmt"
)

// The original says nil where there are no views and no functions.
func printSchema(schema any) ([]byte, error) {
	printed, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(printed, &parts); err != nil {
		return nil, fmt.Errorf(`expected a schema with "tables", "views" and "rpc", got %T`, schema)
	}
	whole := map[string]json.RawMessage{}
	for _, name := range []string{"tables", "views", "rpc"} {
		if whole[name] = parts[name]; len(whole[name]) == 0 || string(whole[name]) == "null" {
			whole[name] = json.RawMessage("{}")
		}
	}
	return json.Marshal(whole)
}
