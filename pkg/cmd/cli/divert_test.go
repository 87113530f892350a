package cli

import (
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"k8s.io/klog/v2"
)

// now is standard error as it is at each moment.
type now struct{}

func (now) Write(data []byte) (int, error) { return os.Stderr.Write(data) }

// onStderr is what do writes to standard error.
func onStderr(t *testing.T, do func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = before }()
	do()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatLibrariesLogIsDiverted(t *testing.T) {
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	BindVerbosity(flags, now{})
	if err := flags.Parse([]string{"-v", "2"}); err != nil {
		t.Fatal(err)
	}
	defer flags.Set("v", "0") //nolint:errcheck // a number
	var got []LogLine
	quiet := onStderr(t, func() {
		restore := DivertLog(func(l LogLine) { got = append(got, l) })
		klog.V(2).Info("a note")
		klog.V(3).Info("more than was asked for")
		klog.Warning("two\nlines")
		klog.ErrorS(io.EOF, "An error", "pod", "a")
		restore()
	})
	if quiet != "" {
		t.Errorf("standard error got %q", quiet)
	}
	if len(got) != 3 {
		t.Fatalf("got %+v", got)
	}
	for i, want := range []LogLine{
		{Level: slog.LevelInfo, Message: "a note"},
		{Level: slog.LevelWarn, Message: "two\nlines"},
		{Level: slog.LevelError, Message: `"An error" err="EOF" pod="a"`},
	} {
		if got[i].Level != want.Level || got[i].Message != want.Message || !strings.HasPrefix(got[i].Source, "divert_test.go:") || !strings.HasSuffix(got[i].Whole, want.Message) {
			t.Errorf("got %+v, want %+v", got[i], want)
		}
	}
	if text := onStderr(t, func() { klog.Warning("afterwards") }); strings.Count(text, "afterwards") != 1 {
		t.Errorf("once restored, standard error got %q", text)
	}
	if text := onStderr(t, func() { klog.Warning("a\x1b[31m\u009b\u202eb\nc") }); !strings.HasSuffix(text, "] a [31m  b\nc\n") {
		t.Errorf("a hostile line became %q", text)
	}
	if len(got) != 3 {
		t.Errorf("once restored, it still got %+v", got[3:])
	}
}

func TestLinesOfAnotherForm(t *testing.T) {
	for _, line := range []string{"", "no header", "] ", "X1125 04:15:27.1 7 f.go:1] m", "I1125 f.go:1] m", "goroutine 1 [running]: x"} {
		want := LogLine{Level: slog.LevelInfo, Message: line, Whole: line}
		if diff := cmp.Diff(want, parseLine(line)); diff != "" {
			t.Errorf("%q: want -, got +:\n%s", line, diff)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add("I1125 04:15:27.123456       7 f.go:1] m")
	f.Add("] ")
	f.Fuzz(func(t *testing.T, line string) {
		if l := parseLine(line); l.Whole != line || !strings.HasSuffix(line, l.Message) {
			t.Errorf("%q became %+v", line, l)
		}
	})
}
