package cli

import "github.com/spf13/pflag"

// Colour is the value of --color: auto, always or never.
type Colour string

// BindColour adds --color to a command that prints tables.
func BindColour(f *pflag.FlagSet, c *Colour) {
	*c = "auto"
	f.Var(c, "color", "Colour tables and the live view: auto (on a terminal that NO_COLOR and TERM=dumb do not forbid it), always or never")
}

// String implements pflag.Value.
func (c *Colour) String() string { return string(*c) }

// Type implements pflag.Value.
func (*Colour) Type() string { return "when" }

// Set implements pflag.Value.
func (c *Colour) Set(text string) error {
	switch text {
	case "auto", "always", "never":
		*c = Colour(text)
		return nil
	}
	return Usagef("%q is not one of auto, always, never", text)
}

// On says whether standard output is to be coloured.
func (c Colour) On(s Streams) bool {
	return c == "always" || c == "auto" && s.OutIsTerminal && !s.Plain
}

// OnErr says whether what is drawn on standard error is to be coloured.
func (c Colour) OnErr(s Streams) bool {
	return c == "always" || c == "auto" && s.ErrIsTerminal && !s.Plain
}
