package plugin

import (
	"fmt"
	"strconv"
	"strings"
)

// FormatToContext makes a nested ctx flat: keys in lower case, with "_" for "." and "-", joined by "_"; places in a list
// count from 0. Values are texts; those that hold ";" or "--" are left out.
func FormatToContext(input map[string]any) (map[string]string, error) {
	output := map[string]string{}
	for key, value := range input {
		flatten(output, flatKey(key), value)
	}
	return output, nil
}

var keyCharacters = strings.NewReplacer(".", "_", "-", "_")

func flatKey(key string) string { return strings.ToLower(keyCharacters.Replace(key)) }

func flatten(output map[string]string, prefix string, value any) {
	switch known := value.(type) {
	case map[string]any:
		for key, member := range known {
			flatten(output, prefix+"_"+flatKey(key), member)
		}
	case []any:
		for index, item := range known {
			flatten(output, prefix+"_"+strconv.Itoa(index), item)
		}
	default:
		if text := flatText(value); !strings.Contains(text, ";") && !strings.Contains(text, "--") {
			output[prefix] = text
		}
	}
}

func flatText(value any) string {
	switch known := value.(type) {
	case string:
		return known
	case float64:
		return strconv.FormatFloat(known, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(known)
	default:
		return fmt.Sprint(value)
	}
}
