package load

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The formats of a trace. "" tells it by the first line.
const (
	// TraceMooncake is JSONL as Mooncake publishes it: timestamp in milliseconds,
	// input_length and output_length in tokens
	// (https://github.com/kvcache-ai/Mooncake/tree/main/FAST25-release).
	TraceMooncake = "mooncake"
	// TraceAzure is the CSV of Azure's LLM inference traces: TIMESTAMP,
	// ContextTokens, GeneratedTokens
	// (https://github.com/Azure/AzurePublicDataset).
	TraceAzure = "azure"
	// TraceOwn is JSONL with at_s in seconds, prompt_tokens and output_tokens, of
	// which the lengths may be left out.
	TraceOwn = "own"
)

// The bounds of what is read, so that no file can take all memory.
const (
	maxTraceRequests = 5_000_000
	maxTraceLine     = 1 << 20
	maxTraceTokens   = 100_000_000
)

// ParseTrace reads a trace. most bounds how many requests are read, 0 reads
// all, of which there may be five million. Requests may be out of order. Errors
// begin with the number of their line.
func ParseTrace(r io.Reader, format string, most int) (Trace, error) {
	if most <= 0 || most > maxTraceRequests {
		most = maxTraceRequests + 1
	}
	p := traceParser{format: format, most: most}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxTraceLine)
	for n := 1; len(p.all) < most && lines.Scan(); n++ {
		if err := p.line(bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))); err != nil {
			return Trace{}, fmt.Errorf("line %d: %w", n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return Trace{}, fmt.Errorf("line %d: longer than %d bytes", p.seen+1, maxTraceLine)
	case err != nil:
		return Trace{}, fmt.Errorf("read trace: %w", err)
	case len(p.all) > maxTraceRequests:
		return Trace{}, fmt.Errorf("more than %d requests: bound them with trace.max_requests", maxTraceRequests)
	case len(p.all) == 0:
		return Trace{}, errors.New("no request in it")
	}
	return newTrace(p.all), nil
}

// traceParser reads a trace line by line.
type traceParser struct {
	format string
	most   int
	seen   int       // lines
	origin time.Time // the first instant of a format that has dates
	dated  bool
	all    []TracedRequest
}

func (p *traceParser) line(text []byte) (err error) {
	p.seen++
	if len(text) == 0 {
		return nil
	}
	if p.format == "" {
		if p.format, err = traceFormat(text); err != nil {
			return err
		}
	}
	var one TracedRequest
	switch p.format {
	case TraceMooncake:
		one, err = mooncakeRequest(text)
	case TraceOwn:
		one, err = ownRequest(text)
	case TraceAzure:
		if isAzureHeader(text) {
			return nil
		}
		one, err = p.azureRequest(string(text))
	default:
		return fmt.Errorf("unknown format %q: want %s, %s or %s", p.format, TraceMooncake, TraceAzure, TraceOwn)
	}
	if err != nil {
		return err
	}
	p.all = append(p.all, one)
	return nil
}

// traceFormat tells the format by the first line.
func traceFormat(text []byte) (string, error) {
	var keys map[string]json.RawMessage
	switch {
	case isAzureHeader(text):
		return TraceAzure, nil
	case json.Unmarshal(text, &keys) != nil:
	case keys["timestamp"] != nil:
		return TraceMooncake, nil
	case keys["at_s"] != nil:
		return TraceOwn, nil
	}
	return "", errors.New(`this is no known trace: want {"timestamp": …} of Mooncake, {"at_s": …}, or Azure's header TIMESTAMP,ContextTokens,GeneratedTokens`)
}

func isAzureHeader(text []byte) bool {
	return strings.EqualFold(strings.ReplaceAll(string(text), " ", ""), "TIMESTAMP,ContextTokens,GeneratedTokens")
}

func mooncakeRequest(text []byte) (TracedRequest, error) {
	var r struct {
		Timestamp *float64 `json:"timestamp"`
		Input     *int     `json:"input_length"`
		Output    *int     `json:"output_length"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return TracedRequest{}, fmt.Errorf("not a request of Mooncake: %w", err)
	}
	if r.Timestamp == nil || r.Input == nil || r.Output == nil {
		return TracedRequest{}, errors.New("lacks timestamp, input_length or output_length")
	}
	return traced(*r.Timestamp/1000, *r.Input, *r.Output)
}

func ownRequest(text []byte) (TracedRequest, error) {
	var r struct {
		AtS    *float64 `json:"at_s"`
		Prompt int      `json:"prompt_tokens"`
		Output int      `json:"output_tokens"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return TracedRequest{}, fmt.Errorf("not a request with at_s: %w", err)
	}
	if r.AtS == nil {
		return TracedRequest{}, errors.New("lacks at_s")
	}
	return traced(*r.AtS, r.Prompt, r.Output)
}

// azureLayouts are how the releases of 2023 and of 2024 write an instant; either
// may have a fraction of a second.
var azureLayouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00"}

func (p *traceParser) azureRequest(text string) (TracedRequest, error) {
	fields := strings.Split(text, ",")
	if len(fields) != 3 {
		return TracedRequest{}, fmt.Errorf("%d fields: want TIMESTAMP,ContextTokens,GeneratedTokens", len(fields))
	}
	at, err := azureTime(unquote(fields[0]))
	if err != nil {
		return TracedRequest{}, err
	}
	prompt, err := strconv.Atoi(unquote(fields[1]))
	if err != nil {
		return TracedRequest{}, fmt.Errorf("ContextTokens: %w", err)
	}
	output, err := strconv.Atoi(unquote(fields[2]))
	if err != nil {
		return TracedRequest{}, fmt.Errorf("GeneratedTokens: %w", err)
	}
	if !p.dated {
		p.origin, p.dated = at, true
	}
	one, err := traced(0, prompt, output)
	if one.At = at.Sub(p.origin); one.At < -longest || one.At > longest {
		return TracedRequest{}, fmt.Errorf("an instant %v away from the first", one.At)
	}
	return one, err
}

func azureTime(text string) (time.Time, error) {
	for _, layout := range azureLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("TIMESTAMP %q: want it as 2023-11-16 18:17:03.9799600", text)
}

func unquote(field string) string { return strings.Trim(strings.TrimSpace(field), `"`) }

func traced(atS float64, prompt, output int) (TracedRequest, error) {
	if !sensible(atS) || atS >= longest.Seconds() {
		return TracedRequest{}, fmt.Errorf("an instant of %g s: want 0 or more", atS)
	}
	if prompt < 0 || output < 0 || prompt > maxTraceTokens || output > maxTraceTokens {
		return TracedRequest{}, fmt.Errorf("a prompt of %d and an answer of %d tokens: want 0 to %d", prompt, output, maxTraceTokens)
	}
	return TracedRequest{At: duration(atS), Lengths: Lengths{PromptTokens: prompt, OutputTokens: output}}, nil
}
