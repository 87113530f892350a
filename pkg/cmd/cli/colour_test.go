package cli

import "testing"

func TestColour(t *testing.T) {
	terminal, plain, pipe := Streams{OutIsTerminal: true}, Streams{OutIsTerminal: true, Plain: true}, Streams{}
	for _, tt := range []struct {
		mode  string
		where Streams
		want  bool
	}{
		{"auto", terminal, true}, {"auto", plain, false}, {"auto", pipe, false},
		{"always", pipe, true}, {"always", plain, true}, {"never", terminal, false},
	} {
		var c Colour
		if err := c.Set(tt.mode); err != nil || c.On(tt.where) != tt.want {
			t.Errorf("%s in %+v: %v, %v; want %v", tt.mode, tt.where, c.On(tt.where), err, tt.want)
		}
	}
	var c Colour
	if c.Set("sometimes") == nil {
		t.Error("sometimes was taken")
	}
}
