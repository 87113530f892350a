package engine

// hole is the kind of value that may stand at a place of a shape. A hole
// takes no bytes which a full decode of the frame would refuse.
type hole uint8

const (
	holeString hole = iota // the body of any string
	holeText               // the body of a string that is not empty
	holeNumber             // any number
	holeCount              // digits of at most maxCountDigits, whose value is wanted
)

// maxCountDigits keeps a count below mostTokens: a longer one is no count.
const maxCountDigits = 8

// scanString returns where the string body at p[at:] ends, which is at its
// closing quote, or -1 where it is not a JSON string (RFC 8259, section 7).
func scanString(p []byte, at int) int {
	for at < len(p) {
		switch c := p[at]; {
		case c == '"':
			return at
		case c < ' ':
			return -1
		case c == '\\':
			if at = scanEscape(p, at); at < 0 {
				return -1
			}
		default:
			at++
		}
	}
	return -1
}

// scanEscape returns where the escape sequence at p[at:] ends, or -1.
func scanEscape(p []byte, at int) int {
	if at+1 >= len(p) {
		return -1
	}
	switch p[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2
	case 'u':
	default:
		return -1
	}
	if at+6 > len(p) {
		return -1
	}
	for _, c := range p[at+2 : at+6] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return -1
		}
	}
	return at + 6
}

// scanNumber returns where the number at p[at:] ends, or -1 where there is
// none (RFC 8259, section 6).
func scanNumber(p []byte, at int) int {
	if at < len(p) && p[at] == '-' {
		at++
	}
	from := at
	if at = scanDigits(p, at); at == from || p[from] == '0' && at > from+1 {
		return -1
	}
	if at < len(p) && p[at] == '.' {
		from = at + 1
		if at = scanDigits(p, from); at == from {
			return -1
		}
	}
	if at < len(p) && p[at]|0x20 == 'e' {
		from = at + 1
		if from < len(p) && (p[from] == '+' || p[from] == '-') {
			from++
		}
		if at = scanDigits(p, from); at == from {
			return -1
		}
	}
	return at
}

func scanDigits(p []byte, at int) int {
	for at < len(p) && p[at] >= '0' && p[at] <= '9' {
		at++
	}
	return at
}

// scanCount returns the value of the digits at p[at:] and where they end, or
// -1 where there are none, too many, or a leading zero.
func scanCount(p []byte, at int) (n int64, end int) {
	from := at
	for at < len(p) && p[at] >= '0' && p[at] <= '9' {
		n = n*10 + int64(p[at]-'0')
		at++
	}
	if digits := at - from; digits == 0 || digits > maxCountDigits || digits > 1 && p[from] == '0' {
		return 0, -1
	}
	return n, at
}
