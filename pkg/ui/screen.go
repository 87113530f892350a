package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
)

// readMsg brings the screen a new reading, endMsg its end.
type (
	readMsg reading
	endMsg  struct{}
)

// noticeTime is how long a notice stands in the place of the keys.
const noticeTime = 3 * time.Second

// screen is the live view as bubbletea wants it.
type screen struct {
	live   *live
	canvas canvas
	now    reading
	help   bool
	ended  bool

	notice string
	until  time.Time
}

// Init implements tea.Model.
func (s *screen) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.canvas.width, s.canvas.height = msg.Width, msg.Height
		s.live.width.Store(int64(msg.Width))
	case readMsg:
		s.now = reading(msg)
	case tea.KeyPressMsg:
		s.press(msg.String())
	case endMsg:
		s.ended = true
		return s, tea.Quit
	}
	return s, nil
}

// View implements tea.Model. At the end nothing is left: what is worth keeping
// has scrolled by.
func (s *screen) View() tea.View {
	if s.ended {
		return tea.NewView("")
	}
	v := view{name: s.live.options.Name, help: s.help, skips: s.live.options.Skip != nil && s.now.number > 0}
	if time.Now().Before(s.until) {
		v.notice = s.notice
	}
	return tea.NewView(s.canvas.draw(s.now, v))
}

func (s *screen) press(key string) {
	switch key {
	case "q", "ctrl+c":
		// The terminal is given back at once, so that a second Ctrl-C is a signal
		// again and ends the program whatever it does.
		s.live.Log("stopping: requests under way are cancelled, what was measured is kept; Ctrl-C ends at once")
		if s.live.options.Stop != nil {
			s.live.options.Stop()
		}
		s.live.leave()
	case "s":
		s.skip()
	case "?", "h":
		s.help = !s.help
	}
}

func (s *screen) skip() {
	scenario := s.now.scenario.Name
	switch {
	case s.live.options.Skip == nil || s.now.number == 0:
		s.say("no scenario is under way that could be skipped")
	case s.live.options.Skip(scenario):
		s.say(fmt.Sprintf("%s is skipped; what it measured is kept", Printable(scenario)))
	default:
		s.say("there is nothing to skip at this moment")
	}
}

func (s *screen) say(text string) { s.notice, s.until = text, time.Now().Add(noticeTime) }
