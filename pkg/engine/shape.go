package engine

// Most frames of a stream differ from the one before in their text and a
// number or two, and reading each as JSON costs ten times what reading it
// from the socket does. So a frame that was decoded in full leaves its shape:
// its bytes, with holes where values vary. A later frame that fits means the
// same as the one learnt from, but for the running count, because
//   - it has the same structure, key by key and byte by byte;
//   - each value that the full decode looks at is the same, except text, which
//     is not empty where it was not, and the count, which is read out;
//   - a hole takes only what is valid JSON.
// Whatever does not fit is decoded in full.

const (
	// maxShapes is enough for reasoning, answer, and one more of either.
	maxShapes = 3
	// maxLessons bounds the time spent on streams that never settle.
	maxLessons = 16
)

// op is a stretch of fixed bytes and the hole that follows it.
type op struct {
	fixed string
	hole  hole
}

// shape is what frames of one kind have in common.
type shape struct {
	parts []part
	tail  string // after the last part
	// reading is that of the frame it was learnt from; its count is that of
	// the frame last matched.
	reading reading

	ops []op   // compiled from parts
	end string // what follows the last hole
}

// fit reports whether a payload has the shape, and if so leaves its count in
// the shape's reading.
func (s *shape) fit(p []byte) bool {
	at, count := 0, s.reading.usage.output
	for i := range s.ops {
		o := &s.ops[i]
		from := at + len(o.fixed)
		if from > len(p) || string(p[at:from]) != o.fixed {
			return false
		}
		switch o.hole {
		case holeString:
			at = scanString(p, from)
		case holeText:
			if at = scanString(p, from); at == from {
				return false
			}
		case holeNumber:
			at = scanNumber(p, from)
		case holeCount:
			count, at = scanCount(p, from)
		}
		if at < 0 {
			return false
		}
	}
	if string(p[at:]) != s.end {
		return false
	}
	s.reading.usage.output = count
	return true
}

// compile joins the values that do not vary with the bytes around them.
func (s *shape) compile() {
	s.ops = s.ops[:0]
	fixed := ""
	for _, p := range s.parts {
		fixed += p.before
		if !p.open {
			fixed += p.value
			continue
		}
		s.ops = append(s.ops, op{fixed: fixed, hole: p.hole})
		fixed = ""
	}
	s.end = fixed + s.tail
}

// widen opens the shape to a frame that differs only in values which mean
// nothing. It reports false, and changes nothing, where there is more.
func (s *shape) widen(parts []part, tail string) bool {
	if len(parts) != len(s.parts) || tail != s.tail {
		return false
	}
	for i := range parts {
		if parts[i].before != s.parts[i].before {
			return false // the same bytes before a value make it one of the same field and kind
		}
	}
	for i := range parts {
		s.parts[i].open = s.parts[i].open || parts[i].value != s.parts[i].value
	}
	s.compile()
	return true
}

// shapes are the kinds of frame that one response has shown so far.
type shapes struct {
	known   []*shape
	last    int // the one that fitted last, or was learnt last
	oldest  int // the one to give up next
	lessons int
}

// match returns the reading of a payload that fits a known shape, nil where
// none does. It is valid until the next call.
func (s *shapes) match(payload []byte) *reading {
	if len(s.known) == 0 {
		return nil
	}
	if known := s.known[s.last]; known.fit(payload) {
		return &known.reading
	}
	for i, known := range s.known {
		if i != s.last && known.fit(payload) {
			s.last = i
			return &known.reading
		}
	}
	return nil
}

// learn takes the shape of a payload that was decoded in full.
func (s *shapes) learn(payload []byte, r *reading, fields *field) {
	if s.lessons == maxLessons {
		return
	}
	s.lessons++
	parts, tail, ok := walk(string(payload), fields)
	if !ok || !countIsSure(parts, r.usage.output) {
		return
	}
	for i, known := range s.known {
		if known.widen(parts, tail) {
			s.last = i
			return
		}
	}
	fresh := &shape{parts: parts, tail: tail, reading: *r}
	fresh.compile()
	if len(s.known) < maxShapes {
		s.last = len(s.known)
		s.known = append(s.known, fresh)
		return
	}
	s.last, s.oldest = s.oldest, (s.oldest+1)%maxShapes
	s.known[s.last] = fresh
}

// countIsSure makes certain that the one count in a frame's bytes is the one
// that the full decode took from it; a repeated key could shadow it.
func countIsSure(parts []part, output int64) bool {
	found := int64(0)
	for _, p := range parts {
		if p.hole != holeCount {
			continue
		}
		n, _ := scanCount([]byte(p.value), 0)
		if found != 0 || n != output {
			return false
		}
		found = n
	}
	return true
}
