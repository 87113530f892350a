package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestSectionsShowFlagsInTheirOrder(t *testing.T) {
	c := &cobra.Command{Use: "quick", Run: func(*cobra.Command, []string) {}}
	for _, name := range []string{"alpha", "model", "url", "gate", "baseline"} {
		c.Flags().String(name, "", "About "+name)
	}
	AddSection(c, "Which engines", "url", "no-flag-of-it", "model")
	AddSection(c, "Comparing", "baseline", "url", "gate")
	AddSection(c, "Nothing", "no-flag-of-it")
	var out bytes.Buffer
	c.SetOut(&out)
	for range 2 { // hiding flags in between leaves nothing behind
		out.Reset()
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		var order []string
		for line := range strings.Lines(out.String()) {
			if word := strings.Fields(line); len(word) > 0 && (strings.HasPrefix(word[0], "--") || strings.HasSuffix(strings.TrimSpace(line), ":")) {
				order = append(order, strings.Join(word[:min(2, len(word))], " "))
			}
		}
		if got, want := strings.Join(order, "|"), "Usage:|Flags:|--alpha string|Which engines:|--url string|--model string|Comparing:|--baseline string|--gate string"; got != want {
			t.Fatalf("shown: %s\nwant:  %s\n%s", got, want, out.String())
		}
	}
	if got := Sections(c); len(got) != 2 || got[0].Heading != "Which engines" || len(got[1].Flags) != 2 {
		t.Errorf("%+v", got)
	}
}
