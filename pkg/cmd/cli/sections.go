package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Section is a heading, and the flags of a command that are shown under it.
type Section struct {
	Heading string
	Flags   []*pflag.Flag
}

// sectionKey annotates a flag with its place among the sections and its heading.
const sectionKey = "llmbench/section"

// AddSection shows flags of a command under a heading of their own, in their order
// and behind the sections that it has. Names that are no flags of it are passed over,
// so that commands which have some flags in common share a heading; so are flags that
// stand under a heading already.
func AddSection(c *cobra.Command, heading string, names ...string) {
	next := len(Sections(c))
	for i, name := range names {
		if f := c.Flags().Lookup(name); f != nil && f.Annotations[sectionKey] == nil {
			if f.Annotations == nil {
				f.Annotations = map[string][]string{}
			}
			f.Annotations[sectionKey] = []string{fmt.Sprintf("%03d-%03d", next, i), heading}
		}
	}
	c.SetUsageFunc(usageInSections)
}

// Sections are those that a command has, in their order.
func Sections(c *cobra.Command) (all []Section) {
	var flags []*pflag.Flag
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Annotations[sectionKey] != nil {
			flags = append(flags, f)
		}
	})
	slices.SortFunc(flags, func(a, b *pflag.Flag) int {
		return cmp.Compare(a.Annotations[sectionKey][0], b.Annotations[sectionKey][0])
	})
	for _, f := range flags {
		heading := f.Annotations[sectionKey][1]
		if len(all) == 0 || all[len(all)-1].Heading != heading {
			all = append(all, Section{Heading: heading})
		}
		last := &all[len(all)-1]
		last.Flags = append(last.Flags, f)
	}
	return all
}

// usageInSections is cobra's usage, which lists flags by name, with the sections
// behind it.
func usageInSections(c *cobra.Command) error {
	sections := Sections(c)
	hide := func(hidden bool) {
		for _, s := range sections {
			for _, f := range s.Flags {
				f.Hidden = hidden
			}
		}
	}
	hide(true)
	err := new(cobra.Command).UsageFunc()(c)
	hide(false)
	for _, s := range sections {
		if err == nil {
			_, err = fmt.Fprintf(c.OutOrStderr(), "\n%s:\n%s", s.Heading, usages(s.Flags))
		}
	}
	return err
}

func usages(flags []*pflag.Flag) string {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.SortFlags = false
	for _, f := range flags {
		set.AddFlag(f)
	}
	return set.FlagUsages()
}
