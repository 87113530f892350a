package kube

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlineMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeadline()
		passed := func() bool { synctest.Wait(); return isClosed(d.wait()) }
		d.set(time.Now().Add(time.Second))
		waiting := d.wait()
		d.set(time.Now().Add(3 * time.Second))
		time.Sleep(2 * time.Second)
		if passed() || isClosed(waiting) {
			t.Error("a deadline passed after it was moved")
		}
		time.Sleep(2 * time.Second)
		if !passed() || !isClosed(waiting) {
			t.Error("who waited before the move was not woken")
		}
		d.set(time.Time{})
		if passed() {
			t.Error("a deadline that was taken away has passed")
		}
		d.set(time.Now().Add(-time.Second))
		if !passed() {
			t.Error("a deadline in the past has not passed")
		}
		d.set(time.Now().Add(time.Second))
		if passed() {
			t.Error("a new deadline has passed")
		}
		d.set(time.Time{})
	})
}

func TestInboxHoldsBackWhenFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, done := newInbox(), make(chan struct{})
		big := make([]byte, inboxSize)
		in.put(big, done)
		fitted := false
		go func() { in.put([]byte("more"), done); fitted = true }()
		synctest.Wait()
		if fitted {
			t.Error("a full inbox took more")
		}
		if n, err := in.take(big[:10]); n != 10 || err != nil {
			t.Error(n, err)
		}
		synctest.Wait()
		if !fitted {
			t.Error("room was made for nobody")
		}
		go func() { in.put(big, done) }()
		close(done) // gives up, or synctest finds a deadlock
		synctest.Wait()
		in.finish(syscall.ECONNRESET)
		in.finish(syscall.ECONNREFUSED)
		left := 0
		for {
			n, err := in.take(big)
			if left += n; n > 0 {
				continue
			}
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the end: %v", err)
			}
			break
		}
		if left != inboxSize-10+len("more") {
			t.Errorf("%d bytes left", left)
		}
	})
}

func TestSteadyNoticesSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		s := newSteady(near, time.Minute)
		begin := time.Now()
		go func() {
			for range 3 { // it is not silence that lasts long in all
				time.Sleep(50 * time.Second)
				_, _ = far.Write([]byte("x"))
			}
		}()
		for range 3 {
			if _, err := s.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != 210*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if _, err := s.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write that nobody takes: %v", err)
		}
		if _, err := s.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a write that failed leaves the connection open: %v", err)
		}
	})
}

func TestStreamErrorsAreErrorsOfTheNetwork(t *testing.T) {
	l := &link{namespace: "team-a", pod: "vllm-0", port: 8000}
	for message, want := range map[string]error{
		"failed to connect to localhost:8000 inside namespace: dial tcp4 127.0.0.1:8000: connect: connection refused": syscall.ECONNREFUSED,
		"read tcp4 127.0.0.1:1->127.0.0.1:8000: read: connection reset by peer":                                       syscall.ECONNRESET,
		"dial tcp 127.0.0.1:8000: i/o timeout":                                                                        syscall.ETIMEDOUT,
		"failed to find sandbox":                                                                                      nil,
	} {
		err := l.failure(message)
		if got := errors.Unwrap(err); !errors.Is(got, want) {
			t.Errorf("%q is %v, want %v", message, got, want)
		}
		if got := err.Error(); got != "forward port 8000 of pod team-a/vllm-0: "+message {
			t.Error(got)
		}
	}
}
