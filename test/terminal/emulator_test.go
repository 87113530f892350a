//go:build linux || darwin

package terminal

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// emulator is as much of a terminal (ECMA-48, with xterm's additions) as shows
// what a program drew. Every rune takes one column.
type emulator struct {
	width, height int
	cells         [][]rune
	x, y          int
	last          rune // for REP
	rest          []byte
	// scrolled holds the lines that left at the top.
	scrolled []string
}

func newEmulator(width, height int) *emulator {
	e := &emulator{width: width, height: height}
	for range height {
		e.cells = append(e.cells, e.blank())
	}
	return e
}

func (e *emulator) blank() []rune { return slices.Repeat([]rune{' '}, e.width) }

// text is everything from the first line that scrolled by to the last on the screen.
func (e *emulator) text() string {
	lines := slices.Clone(e.scrolled)
	for _, row := range e.cells {
		lines = append(lines, strings.TrimRight(string(row), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// write takes what a program wrote; a sequence may come in parts.
func (e *emulator) write(p []byte) {
	data := append(e.rest, p...)
	for len(data) > 0 {
		n := e.one(data)
		if n == 0 {
			break
		}
		data = data[n:]
	}
	e.rest = slices.Clone(data)
}

// one takes one rune or sequence and returns its length, 0 where more must come.
func (e *emulator) one(data []byte) int {
	switch c := data[0]; {
	case c == 0x1b:
		return e.escape(data)
	case c < ' ':
		e.control(c)
		return 1
	case !utf8.FullRune(data):
		return 0
	}
	r, n := utf8.DecodeRune(data)
	e.put(r)
	return n
}

func (e *emulator) put(r rune) {
	if e.x == e.width {
		e.x = 0
		e.down()
	}
	e.cells[e.y][e.x] = r
	e.x++
	e.last = r
}

func (e *emulator) control(c byte) {
	switch c {
	case '\r':
		e.x = 0
	case '\n':
		e.down()
	case '\b':
		e.x = max(min(e.x, e.width-1)-1, 0)
	case '\t':
		e.x = min((e.x/8+1)*8, e.width-1)
	}
}

func (e *emulator) down() {
	if e.y < e.height-1 {
		e.y++
		return
	}
	e.scrolled = append(e.scrolled, strings.TrimRight(string(e.cells[0]), " "))
	e.cells = append(e.cells[1:], e.blank())
}

func (e *emulator) escape(data []byte) int {
	if len(data) < 2 {
		return 0
	}
	switch data[1] {
	case '[':
		end := slices.IndexFunc(data[2:], func(c byte) bool { return c >= 0x40 && c <= 0x7e })
		if end < 0 {
			return 0
		}
		e.sequence(string(data[2:2+end]), data[2+end])
		return end + 3
	case ']', 'P', '_':
		for i := 2; i < len(data); i++ {
			if data[i] == 7 || data[i] == '\\' && data[i-1] == 0x1b {
				return i + 1
			}
		}
		return 0
	case 'M':
		if e.y > 0 {
			e.y--
		} else {
			e.insert(1)
		}
	}
	return 2
}

// sequence obeys a control sequence; those that change no text are ignored.
func (e *emulator) sequence(params string, final byte) {
	if strings.ContainsAny(params, "?><=$ ") {
		return
	}
	first, second, _ := strings.Cut(params, ";")
	n := number(first, 1)
	row := e.cells[e.y]
	switch final {
	case 'A', 'B', 'C', 'D', 'E', 'F', 'G', '`', 'd', 'H', 'f':
		e.move(final, n, number(second, 1))
	case 'J':
		e.erase(number(first, 0))
	case 'K':
		eraseLine(row, min(e.x, e.width-1), number(first, 0))
	case 'L':
		e.insert(n)
	case 'M':
		for range min(n, e.height-e.y) {
			e.cells = append(slices.Delete(e.cells, e.y, e.y+1), e.blank())
		}
	case 'P':
		e.cells[e.y] = append(slices.Delete(row, e.x, min(e.x+n, e.width)), e.blank()[:min(n, e.width-e.x)]...)
	case '@':
		e.cells[e.y] = slices.Insert(row, e.x, e.blank()[:min(n, e.width)]...)[:e.width]
	case 'X':
		copy(row[e.x:], e.blank()[:min(n, e.width-e.x)])
	case 'b':
		for range n {
			e.put(e.last)
		}
	}
}

func (e *emulator) move(final byte, n, second int) {
	switch final {
	case 'A', 'F':
		e.y -= n
	case 'B', 'E':
		e.y += n
	case 'C':
		e.x += n
	case 'D':
		e.x -= n
	case 'G', '`':
		e.x = n - 1
	case 'd':
		e.y = n - 1
	default:
		e.y, e.x = n-1, second-1
	}
	if final == 'E' || final == 'F' {
		e.x = 0
	}
	e.x, e.y = min(max(e.x, 0), e.width-1), min(max(e.y, 0), e.height-1)
}

func (e *emulator) insert(n int) {
	for range min(n, e.height-e.y) {
		e.cells = slices.Insert(e.cells[:e.height-1], e.y, e.blank())
	}
}

func (e *emulator) erase(how int) {
	for y := range e.cells {
		switch {
		case how == 2 || how == 0 && y > e.y || how == 1 && y < e.y:
			e.cells[y] = e.blank()
		case y == e.y:
			eraseLine(e.cells[y], min(e.x, e.width-1), how)
		}
	}
}

func eraseLine(row []rune, x, how int) {
	for i := range row {
		if how == 2 || how == 0 && i >= x || how == 1 && i <= x {
			row[i] = ' '
		}
	}
}

func number(text string, fallback int) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return fallback
	}
	return max(n, min(fallback, 1))
}

func TestEmulator(t *testing.T) {
	for _, tt := range []struct{ written, want string }{
		{"a\r\nb", "a\nb"}, {"abc\rX", "Xbc"}, {"a\tb", "a       b"}, {"0123456789ab", "0123456789\nab"},
		{"1\r\n2\r\n3\r\n4", "1\n2\n3\n4"}, {"abc\x1b[2DX", "aXc"}, {"abcdef\r\x1b[2Cx\x1b[K", "abx"},
		{"a\x1b[3b", "aaaa"}, {"a\r\nb\x1b[A\x1b[L\rnew", "new\na\nb"}, {"abcd\r\x1b[2P", "cd"}, {"ab\r\x1b[2@", "  ab"},
		{"a\r\nb\r\nc\x1b[1;1H\x1b[J", ""}, {"abcd\x1b[1G\x1b[2X", "  cd"}, {"\x1b]0;title\x07a\x1b[1;31mb\x1b[0m\x1b[?25l", "ab"},
		{"1\r\n2\r\n3\x1b[1;1H\x1b[M", "2\n3"}, {"1\r\n2\x1b[1d\x1bMx", " x\n1\n2"},
	} {
		e := newEmulator(10, 3)
		for i := range len(tt.written) { // in the smallest of parts
			e.write([]byte{tt.written[i]})
		}
		if e.text() != tt.want {
			t.Errorf("%q shows %q, want %q", tt.written, e.text(), tt.want)
		}
	}
}
