package easyrest

import "unicode/utf8"

// appendText appends a JSON string. What is no UTF-8 becomes U+FFFD.
func appendText(bytes []byte, text string) []byte {
	bytes = append(bytes, '"')
	start := 0
	for index := 0; index < len(text); {
		size := 1
		var escaped string
		if char := text[index]; char >= utf8.RuneSelf {
			var decoded rune
			if decoded, size = utf8.DecodeRuneInString(text[index:]); decoded == utf8.RuneError && size == 1 {
				escaped = "\uFFFD"
			}
		} else {
			escaped = escapes[char]
		}
		if escaped != "" {
			bytes = append(bytes, text[start:index]...)
			bytes = append(bytes, escaped...)
			start = index + size
		}
		index += size
	}
	return append(append(bytes, text[start:]...), '"')
}

// escapes of ASCII characters; empty: stands for itself.
var escapes = func() (table [utf8.RuneSelf]string) {
	const digits = "0123456789abcdef"
	for char := 0; char < ' '; char++ {
		table[char] = `\u00` + string(digits[char>>4]) + string(digits[char&15])
	}
	table['"'], table['\\'] = `\"`, `\\`
	table['\n'], table['\r'], table['\t'] = `\n`, `\r`, `\t`
	return table
}()
