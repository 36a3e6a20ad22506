package easyrest

import "strings"

// UnknownTable, UnknownColumn and UnknownFunction are the errors for a name that does not exist, with the known name that
// may have been meant.
func UnknownTable(name string, known []string) *Error {
	return unknownName(ReasonUnknownTable, "table", name, known)
}

// UnknownColumn is described with UnknownTable.
func UnknownColumn(name string, known []string) *Error {
	return unknownName(ReasonUnknownColumn, "column", name, known)
}

// UnknownFunction is described with UnknownTable.
func UnknownFunction(name string, known []string) *Error {
	return unknownName(ReasonUnknownFunction, "function", name, known)
}

// CheckColumns answers UnknownColumn for the first name that is not among the known.
func CheckColumns(names, known []string) error {
	for _, name := range names {
		if indexOf(known, name) < 0 {
			return UnknownColumn(name, known)
		}
	}
	return nil
}

func indexOf(names []string, name string) int {
	for index, candidate := range names {
		if candidate == name {
			return index
		}
	}
	return -1
}

func unknownName(reason Reason, kind, name string, known []string) *Error {
	failure := Errorf(reason, "there is no %s %s", kind, name).With(kind, name)
	if nearest := nearestName(name, known); nearest != "" {
		failure.With("nearest", nearest)
	}
	return failure
}

// The known name most like it, if one is near enough to be what was meant.
func nearestName(name string, known []string) string {
	best := len(name)/3 + 1
	if best < 2 {
		best = 2
	}
	nearest := ""
	for _, candidate := range known {
		if distance := editDistance(strings.ToLower(name), strings.ToLower(candidate)); distance < best {
			best, nearest = distance, candidate
		}
	}
	return nearest
}

// Insertions, deletions, replacements and swaps of neighbours, in bytes.
func editDistance(left, right string) int {
	var beforePrevious []int
	previous := make([]int, len(right)+1)
	for column := range previous {
		previous[column] = column
	}
	for row := 1; row <= len(left); row++ {
		current := make([]int, len(right)+1)
		current[0] = row
		for column := 1; column <= len(right); column++ {
			replaced := previous[column-1]
			if left[row-1] != right[column-1] {
				replaced++
			}
			current[column] = least(previous[column]+1, current[column-1]+1, replaced)
			if row > 1 && column > 1 && left[row-1] == right[column-2] && left[row-2] == right[column-1] {
				current[column] = least(current[column], beforePrevious[column-2]+1)
			}
		}
		beforePrevious, previous = previous, current
	}
	return previous[len(right)]
}

func least(numbers ...int) int {
	smallest := numbers[0]
	for _, number := range numbers[1:] {
		if number < smallest {
			smallest = number
		}
	}
	return smallest
}
