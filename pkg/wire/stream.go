package wire

import (
	"io"
	"math"
	"net/http"
	"slices"
	"time"
)

// Stream is an answer under way. It is used by one goroutine.
type Stream struct {
	Status int
	Header http.Header
	Timing Timing

	x    *exchanger
	stop func() bool // takes the request's context off the connection
	body body
	over bool

	// shared is the body of an exchange that went through net/http; x is nil then.
	shared  io.ReadCloser
	arrival Arrival
}

// body is how an answer's body is framed on the connection.
type body interface {
	// read copies what has come into p and waits only where that is nothing.
	read(x *exchanger, p []byte) (int, error)
}

// frameBody picks the framing that a head announces (RFC 9112, 6.3).
func (s *Stream) frameBody(head *http.Response) {
	switch {
	case slices.Contains(head.TransferEncoding, "chunked"):
		s.body = &chunkedBody{}
	case head.ContentLength >= 0:
		s.body = &lengthBody{left: head.ContentLength}
	default:
		s.body = &lengthBody{left: math.MaxInt64, untilClose: true}
	}
	s.x.broken = s.x.broken || head.Close
}

// Read reads the body. It returns what has come, and waits only where nothing
// has. A body that its framing shows to be cut short ends in
// io.ErrUnexpectedEOF.
func (s *Stream) Read(p []byte) (int, error) {
	if s.shared != nil {
		return s.readShared(p)
	}
	if s.over {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := s.body.read(s.x, p)
	if err != nil {
		s.finish(err == io.EOF) //nolint:errorlint // read returns it bare
	}
	return n, err
}

// Arrival implements Source.
func (s *Stream) Arrival() Arrival {
	if s.shared != nil {
		return s.arrival
	}
	return s.x.conn.last
}

// TokenSeen says that the first token has come: from here on larger reads cost
// less and hide nothing that counts.
func (s *Stream) TokenSeen() {
	if s.x != nil && !s.over {
		s.x.conn.most = 0
	}
}

// Close ends the stream. A connection whose answer was read to its end stays
// open for the next request, any other is closed.
func (s *Stream) Close() error {
	if s.shared != nil {
		return s.shared.Close()
	}
	s.finish(false)
	return nil
}

func (s *Stream) finish(whole bool) {
	if s.over {
		return
	}
	s.over = true
	reusable := s.stop() && whole && !s.x.broken && len(s.x.buffered()) == 0
	if !reusable {
		s.x.close()
		return
	}
	s.x.pool.give(s.x)
}

func (s *Stream) readShared(p []byte) (int, error) {
	n, err := s.shared.Read(p)
	if n > 0 {
		s.arrival = Arrival{At: time.Now(), Read: s.arrival.Read + 1}
		if err == io.EOF { //nolint:errorlint // io.Reader's own
			err = nil // told by the next read
		}
	}
	return n, err
}
