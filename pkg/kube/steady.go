package kube

import (
	"net"
	"sync"
	"time"
)

// silence is how long an upgraded connection may bring nothing. Its peer is
// pinged every 10 s and must answer (SPDY/3.1, 2.6.5).
const silence = 45 * time.Second

// steady is a connection that ends when its peer takes or brings nothing for
// too long, where a socket by itself would wait for many minutes.
type steady struct {
	net.Conn
	patience time.Duration

	mu          sync.Mutex
	read, wrote time.Time // when each deadline was set
}

func newSteady(c net.Conn, patience time.Duration) *steady {
	return &steady{Conn: c, patience: patience}
}

// due says whether a deadline set at last is to be set again. A few hundred
// frames in a second need it once.
func (s *steady) due(last *time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Sub(*last) < s.patience/30 {
		return time.Time{}, false
	}
	*last = now
	return now.Add(s.patience), true
}

// Read reads from the connection, and fails after a long silence.
func (s *steady) Read(p []byte) (int, error) {
	if by, due := s.due(&s.read); due {
		if err := s.SetReadDeadline(by); err != nil {
			return 0, err
		}
	}
	return s.Conn.Read(p)
}

// Write writes to the connection, and closes it where that fails: half a frame
// may have gone out.
func (s *steady) Write(p []byte) (int, error) {
	if by, due := s.due(&s.wrote); due {
		if err := s.SetWriteDeadline(by); err != nil {
			return 0, err
		}
	}
	n, err := s.Conn.Write(p)
	if err != nil {
		_ = s.Close()
	}
	return n, err
}

// Close closes the connection. It reports no error, for spdystream would wait a
// second for somebody to take it.
func (s *steady) Close() error {
	_ = s.Conn.Close()
	return nil
}
