package plugin

import (
	"fmt"
	"regexp"
)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// IsValidIdentifier tells names that may stand in SQL without quotes: letters, digits and underscores, no digit first.
func IsValidIdentifier(name string) bool { return identifier.MatchString(name) }

// ValidateColumnName is IsValidIdentifier as an error.
func ValidateColumnName(name string) error {
	if IsValidIdentifier(name) {
		return nil
	}
	return fmt.Errorf("invalid column name: %q", name)
}
