package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// canvas is the room that a live view has.
type canvas struct {
	width, height int
	colour        Colour
}

// The widths from which the live view shows more, and below which less.
const (
	liveWide   = 100
	liveNarrow = 60
)

// view is what the live view shows beside a reading.
type view struct {
	name   string
	notice string
	help   bool
	// skips says that there is a scenario which can be skipped.
	skips bool
}

// draw lays out a reading, without a line break at its end. No line is wider
// and the whole is not higher than the canvas.
func (c canvas) draw(r reading, v view) string {
	lines := []string{c.header(r, v)}
	if r.number > 0 {
		lines = append(lines, c.ofScenario(r))
		lines = append(lines, c.table(r)...)
	}
	foot := c.footer(v)
	if room := max(c.height-len(foot), 1); len(lines) > room {
		lines = append(lines[:room-1], fmt.Sprintf("… %d lines more than this terminal is high", len(lines)-room+1))
	}
	lines = append(lines, foot...)
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, c.width, "")
	}
	return strings.Join(lines, "\n")
}

// header is the run at large: its name, and its time.
func (c canvas) header(r reading, v view) string {
	clock := leftText(r)
	if c.width >= liveNarrow {
		clock = shortly(r.elapsed) + ", " + clock
	}
	return c.apart(c.colour.in(bold, shorten(Printable(v.name), max(c.width-len(clock)-2, 8))), clock)
}

// ofScenario is the scenario under way: which it is, what it asks, how far it is.
func (c canvas) ofScenario(r reading) string {
	text := fmt.Sprintf("scenario %d of %d: %s", r.number, r.of, Printable(r.scenario.Name))
	if load := loadText(r.scenario); c.width >= liveNarrow && r.scenario.Shape.Arrival != "" {
		text += " (" + load + ")"
	}
	share := fmt.Sprintf("%d%%", int(r.share*100))
	switch {
	case r.searches():
		share = ""
	case c.width >= liveNarrow:
		share = bar(r.share, 10) + fmt.Sprintf(" %3d%%", int(r.share*100))
	}
	return c.apart(shorten(text, c.width-ansi.StringWidth(share)-2), share)
}

// apart puts two texts to the two ends of a line.
func (c canvas) apart(left, right string) string {
	gap := c.width - ansi.StringWidth(left) - ansi.StringWidth(right)
	return left + strings.Repeat(" ", max(gap, 1)) + right
}

// bar is a share, 0..1, as a bar.
func bar(share float64, width int) string {
	full := min(max(int(share*float64(width)+0.5), 0), width)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

// footer says which keys there are, or what was last said.
func (c canvas) footer(v view) []string {
	if v.notice != "" {
		return []string{c.colour.in(caution, v.notice)}
	}
	var keys []string
	if v.skips {
		keys = append(keys, "s skip the scenario")
	}
	keys = append(keys, "q stop", "? help")
	line := c.colour.in(faint, strings.Join(keys, "   "))
	if !v.help {
		return []string{line}
	}
	return append(c.help(), line)
}

// help explains the view in a few lines.
func (c canvas) help() []string {
	text := "s ends the scenario under way, keeps what it measured, marks it as interrupted and goes on with the next. " +
		"q or Ctrl-C stops the run: what was measured is kept. " +
		"TTFT is the time to first token in ms, of measured requests so far, with its confidence interval; n/a where there are too few to say. " +
		"TOK/S is of the last " + shortly(paceWindow) + ". The trend goes from the scenario's begin to now, each engine from its own least to its own most."
	return strings.Split(ansi.Wrap(text, max(c.width, 20), ""), "\n")
}

// failures is what failed at an engine, by class.
func (c canvas) failures(e engineReading) string {
	text := fmt.Sprintf("    %s: %d failed: %s", shorten(Printable(e.name), 20), e.failed, classes(e.errors))
	return c.colour.in(bad, shorten(text, c.width))
}

// classes writes failures by class, in the order of tables. A request that was
// cancelled has not failed.
func classes(errors map[record.Status]int64) string {
	var parts []string
	for _, class := range record.ErrorClasses() {
		if n := errors[class]; n > 0 && class != record.StatusCancelled {
			parts = append(parts, fmt.Sprintf("%s=%d", class, n))
		}
	}
	return strings.Join(parts, ", ")
}
