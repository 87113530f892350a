package simulate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one way in which an engine, or what stands before it, misbehaves.
// ParseFault makes it.
type Fault struct {
	kind       string
	share      float64 // of the requests
	first      int     // only the first so many requests, 0 for all
	after      int     // tokens sent before it strikes
	wait       time.Duration
	code       int
	retryAfter int // seconds, -1 for no header
	bytes      int
	tokens     int
}

// faultKind is a row of the table of faults.
type faultKind struct {
	name     string
	keys     string // those it takes beside share and first, blank-separated
	defaults Fault
	help     string
}

// Defaults and bounds of the faults' numbers.
const (
	defaultLine  = 32 << 20
	defaultPiece = 7
	mostBytes    = 1 << 30
	mostTokens   = 1 << 20
	leastCode    = 200
	mostCode     = 599
)

var faultKinds = []faultKind{
	{"slow-head", "for", Fault{wait: time.Second}, "wait before anything is sent or computed"},
	{"status", "code retry-after", Fault{code: 503, retryAfter: -1}, "answer with an HTTP error, and Retry-After in seconds where given"},
	{"html", "code", Fault{code: 200}, "answer with a web page, as a proxy does"},
	{"empty", "", Fault{}, "finish properly without a token"},
	{"stall", "after for", Fault{wait: 5 * time.Second}, "fall silent for a time, then go on"},
	{"truncate", "after", Fault{}, "end the response cleanly, without the engine's finish marker"},
	{"reset", "after", Fault{}, "reset the connection"},
	{"error", "after", Fault{}, "put the engine's own error into the stream"},
	{"endless-line", "after bytes", Fault{bytes: defaultLine}, "send one line that does not end, then end the response"},
	{"buffer", "", Fault{}, "hold the whole answer back and send it in one write, as a buffering proxy does"},
	{"split", "bytes", Fault{bytes: defaultPiece}, "send every frame in pieces of so many bytes"},
	{"merge", "tokens", Fault{tokens: 4}, "put several tokens into a frame, as vLLM's --stream-interval does (vllm only)"},
}

// Faults returns a line of help for each kind of fault, and one for the keys
// that all of them take.
func Faults() []string {
	var lines []string
	for _, k := range faultKinds {
		lines = append(lines, fmt.Sprintf("%-45s %s", k.example(), k.help))
	}
	return append(lines, "share=0.1 strikes a tenth of the requests, drawn by the seed; first=2 only the first two")
}

// example is the kind with its defaults.
func (k faultKind) example() string {
	f := k.defaults
	f.kind, f.share = k.name, 1
	if strings.Contains(k.keys, "retry-after") {
		f.retryAfter = 2
	}
	return f.String()
}

// ParseFault reads kind[:key=value,...], as in truncate:after=3,share=0.1.
func ParseFault(text string) (Fault, error) {
	name, rest, more := strings.Cut(text, ":")
	at := slices.IndexFunc(faultKinds, func(k faultKind) bool { return k.name == name })
	if at < 0 {
		return Fault{}, fmt.Errorf("unknown fault %q: want one of %s", name, faultNames())
	}
	kind := faultKinds[at]
	f := kind.defaults
	f.kind, f.share = name, 1
	if !more {
		return f, nil
	}
	for pair := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return Fault{}, fmt.Errorf("%q is not key=value", pair)
		}
		if !kind.takes(key) {
			return Fault{}, fmt.Errorf("fault %s has no key %q: want one of %s", name, key, strings.Join(kind.allKeys(), ", "))
		}
		if err := f.set(key, value); err != nil {
			return Fault{}, fmt.Errorf("%s=%s: %w", key, value, err)
		}
	}
	return f, nil
}

func faultNames() string {
	names := make([]string, len(faultKinds))
	for i, k := range faultKinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

func (k faultKind) allKeys() []string { return append(strings.Fields(k.keys), "share", "first") }

func (k faultKind) takes(key string) bool { return slices.Contains(k.allKeys(), key) }

func (f *Fault) set(key, value string) (err error) {
	switch key {
	case "share":
		f.share, err = strconv.ParseFloat(value, 64)
		if err == nil && !(f.share > 0 && f.share <= 1) {
			err = errors.New("want a share above 0 and up to 1")
		}
	case "for":
		f.wait, err = time.ParseDuration(value)
		if err == nil && f.wait <= 0 {
			err = errors.New("want a positive duration such as 5s")
		}
	case "first":
		f.first, err = number(value, 1, math.MaxInt32)
	case "after":
		f.after, err = number(value, 0, mostTokens)
	case "code":
		f.code, err = number(value, leastCode, mostCode)
	case "retry-after":
		f.retryAfter, err = number(value, 0, math.MaxInt32)
	case "bytes":
		f.bytes, err = number(value, 1, mostBytes)
	case "tokens":
		f.tokens, err = number(value, 1, mostTokens)
	}
	return err
}

func number(value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("want a whole number from %d to %d", least, most)
	}
	return n, nil
}

// String returns the fault as ParseFault reads it.
func (f Fault) String() string {
	at := slices.IndexFunc(faultKinds, func(k faultKind) bool { return k.name == f.kind })
	if at < 0 {
		return f.kind
	}
	values := map[string]string{
		"after": strconv.Itoa(f.after), "for": f.wait.String(), "code": strconv.Itoa(f.code),
		"bytes": strconv.Itoa(f.bytes), "tokens": strconv.Itoa(f.tokens),
	}
	if f.retryAfter >= 0 {
		values["retry-after"] = strconv.Itoa(f.retryAfter)
	}
	var pairs []string
	for _, key := range strings.Fields(faultKinds[at].keys) {
		if v, ok := values[key]; ok {
			pairs = append(pairs, key+"="+v)
		}
	}
	if f.share != 1 {
		pairs = append(pairs, "share="+strconv.FormatFloat(f.share, 'g', -1, 64))
	}
	if f.first > 0 {
		pairs = append(pairs, "first="+strconv.Itoa(f.first))
	}
	if len(pairs) == 0 {
		return f.kind
	}
	return f.kind + ":" + strings.Join(pairs, ",")
}
