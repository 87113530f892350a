package document

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// The elements are those that Jenkins' JUnit plugin and GitLab read; their schema
// is that of Ant's task (junit-4.xsd of the Jenkins xUnit plugin).
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	Properties *junitPropertys `xml:"properties,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitPropertys struct {
	All []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitReason `xml:"failure,omitempty"`
	Skipped *junitReason `xml:"skipped,omitempty"`
}

type junitReason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// plain is a name fit for XML: without what XML cannot hold, even escaped.
func plain(text string) string {
	return strings.TrimSpace(story.Printable(strings.ToValidUTF8(text, "\uFFFD")))
}

// class is a class name, whose parts dots separate for readers of JUnit.
func class(parts ...string) string {
	named := []string{"llmbench"}
	for _, p := range parts {
		if p = strings.ReplaceAll(plain(p), ".", "_"); p != "" {
			named = append(named, p)
		}
	}
	return strings.Join(named, ".")
}

func seconds(d time.Duration) string { return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 3, 64) }

// writeJUnit counts cases and writes the document.
func writeJUnit(w io.Writer, name string, took time.Duration, suites ...junitSuite) error {
	all := junitSuites{Name: name, Time: seconds(took), Suites: suites}
	for i := range suites {
		s := &all.Suites[i]
		s.Time = seconds(took)
		s.Tests = len(s.Cases)
		for k := range s.Cases {
			s.Cases[k].Time = s.Time
			if s.Cases[k].Failure != nil {
				s.Failures++
			}
			if s.Cases[k].Skipped != nil {
				s.Skipped++
			}
		}
		all.Tests, all.Failures = all.Tests+s.Tests, all.Failures+s.Failures
	}
	data, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("encode JUnit XML: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(data)+"\n")
	return err
}
