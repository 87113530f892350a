package document

// point is a typographic point in millimetres.
const point = 25.4 / 72

// ink is a colour as #rrggbb.
type ink string

// The colours of the page that mean no engine.
const (
	black   ink = "#16191d"
	grey    ink = "#4d555e"
	rule    ink = "#c9ced3"
	hair    ink = "#e4e7ea"
	sunk    ink = "#f6f7f8"
	white   ink = "#ffffff"
	accent  ink = "#0f5c78"
	good    ink = "#176b3a"
	caution ink = "#8a5300"
	bad     ink = "#b3261e"
)

// face is how letters look; size is in points.
type face struct {
	size float64
	bold bool
	ink  ink
}

// The faces of the page.
var (
	h1     = face{19, true, black}
	h2     = face{14, true, black}
	h3     = face{10, true, black}
	answer = face{12.5, true, black}
	body   = face{8.5, false, black}
	strong = face{8.5, true, black}
	small  = face{7.2, false, grey}
	label  = face{7.2, true, grey}
	foot   = face{6.8, false, grey}
)

func (f face) in(colour ink) face { f.ink = colour; return f }

func (f face) of(size float64) face { f.size = size; return f }

// leading is the distance of lines in millimetres.
func (f face) leading() float64 {
	ratio := 1.36
	if f.size >= 14 {
		ratio = 1.22
	}
	return f.size * ratio * point
}

// rgb takes a colour apart; what is none is black.
func (c ink) rgb() (r, g, b int) {
	if !colour.MatchString(string(c)) {
		return 0, 0, 0
	}
	hex := func(s string) int {
		n := 0
		for _, d := range s {
			n *= 16
			switch {
			case d <= '9':
				n += int(d - '0')
			default:
				n += int(d|0x20-'a') + 10
			}
		}
		return n
	}
	return hex(string(c[1:3])), hex(string(c[3:5])), hex(string(c[5:7]))
}
