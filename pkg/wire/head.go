package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxHead bounds the head of an answer, in bytes.
const maxHead = 1 << 20

var protocolName = []byte("HTTP/")

// readHead reads heads until one is final; those of status 1xx only announce
// another (RFC 9110, 15.2).
func (x *exchanger) readHead(req *http.Request) (*http.Response, error) {
	for {
		raw, err := x.rawHead()
		if err != nil {
			return nil, err
		}
		head, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), req) //nolint:bodyclose // only the head is in it
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %w", errMalformed, err)
		case head.StatusCode == http.StatusSwitchingProtocols:
			return nil, fmt.Errorf("%w: it switches protocols, which was not asked for", errMalformed)
		case head.StatusCode >= http.StatusOK:
			return head, nil
		}
	}
}

// rawHead takes one head off the connection, its blank line included.
func (x *exchanger) rawHead() ([]byte, error) {
	for {
		b := x.buffered()
		if n := min(len(b), len(protocolName)); !bytes.Equal(b[:n], protocolName[:n]) {
			return nil, fmt.Errorf("%w: it begins with %q", errMalformed, b[:min(len(b), 40)])
		}
		if end := headEnd(b); end > 0 {
			x.from += end
			return b[:end], nil
		}
		if len(b) > maxHead {
			return nil, fmt.Errorf("%w: its head is longer than %d KiB", errMalformed, maxHead>>10)
		}
		if err := x.fill(); err != nil {
			if errors.Is(err, io.EOF) && len(b) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// headEnd returns the length of a whole head, 0 where it has not ended yet.
func headEnd(b []byte) int {
	end := 0
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(b, []byte(blank)); i >= 0 && (end == 0 || i+len(blank) < end) {
			end = i + len(blank)
		}
	}
	return end
}
