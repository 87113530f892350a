package kube

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// serverSocket is the server's side of a WebSocket (RFC 6455) as a stream of
// the bytes of its binary messages.
type serverSocket struct {
	net.Conn
	in   *bufio.Reader
	mask [4]byte
	left uint64
	at   uint64
	out  sync.Mutex
}

// acceptWebSocket upgrades a request that asks to tunnel SPDY.
func acceptWebSocket(w http.ResponseWriter, req *http.Request) *serverSocket {
	hash := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	c, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n", base64.StdEncoding.EncodeToString(hash[:]))
	return &serverSocket{Conn: quiet{c}, in: rw.Reader}
}

// Read returns bytes of binary messages, and io.EOF for a close frame.
func (s *serverSocket) Read(p []byte) (int, error) {
	for s.left == 0 {
		if err := s.header(); err != nil {
			return 0, err
		}
	}
	n, err := s.in.Read(p[:min(uint64(len(p)), s.left)])
	for i := range p[:n] {
		p[i] ^= s.mask[s.at%4]
		s.at++
	}
	s.left -= uint64(n)
	return n, err
}

func (s *serverSocket) header() error {
	var head [2]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return err
	}
	if head[0]&0x0f == 8 {
		return io.EOF
	}
	s.left, s.at = uint64(head[1]&0x7f), 0
	if s.left >= 126 {
		size := make([]byte, map[uint64]int{126: 2, 127: 8}[s.left])
		if _, err := io.ReadFull(s.in, size); err != nil {
			return err
		}
		s.left = 0
		for _, b := range size {
			s.left = s.left<<8 | uint64(b)
		}
	}
	_, err := io.ReadFull(s.in, s.mask[:])
	return err
}

// Write sends one binary message.
func (s *serverSocket) Write(p []byte) (int, error) {
	s.out.Lock()
	defer s.out.Unlock()
	head := []byte{0x82, 127}
	head = binary.BigEndian.AppendUint64(head, uint64(len(p)))
	if _, err := s.Conn.Write(append(head, p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
