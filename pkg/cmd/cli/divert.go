package cli

import (
	"io"
	"log/slog"
	"strings"
)

// LogLine is a line that the Kubernetes libraries logged.
type LogLine struct {
	Level slog.Level
	// Source is the file and line that said it, Message what it said.
	Source, Message string
	// Whole is the line as it would have stood on standard error.
	Whole string
}

// DivertLog has take get what the Kubernetes libraries log, in place of standard
// error, until restore is called: for a log of one's own, and so that nothing
// tears what is drawn on a terminal. take is called for one line at a time and
// must not log through klog itself. At most one diversion stands at a time.
func DivertLog(take func(LogLine)) (restore func()) {
	logTo(diversion(take))
	return func() {
		if p := undiverted.Load(); p != nil {
			logTo(p)
			return
		}
		logTo(io.Discard)
	}
}

// diversion is a writer that gets one line of klog's with each call.
type diversion func(LogLine)

// Write implements io.Writer.
func (d diversion) Write(data []byte) (int, error) {
	d(parseLine(strings.TrimRight(string(data), "\n")))
	return len(data), nil
}

// levels are those of klog's first letters.
var levels = map[byte]slog.Level{'I': slog.LevelInfo, 'W': slog.LevelWarn, 'E': slog.LevelError, 'F': slog.LevelError}

// parseLine reads "Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg". What has
// another form is a message by itself.
// https://pkg.go.dev/k8s.io/klog/v2#hdr-Logging_headers
func parseLine(line string) LogLine {
	plain := LogLine{Level: slog.LevelInfo, Message: line, Whole: line}
	header, message, ok := strings.Cut(line, "] ")
	if !ok || header == "" {
		return plain
	}
	level, known := levels[header[0]]
	fields := strings.Fields(header)
	if !known || len(fields) != 4 {
		return plain
	}
	return LogLine{Level: level, Source: fields[3], Message: message, Whole: line}
}
