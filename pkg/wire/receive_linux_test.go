package wire

import (
	"testing"
	"time"
)

// written is one write of a peer, and when it stood around it.
type written struct{ before, after time.Time }

// slack allows for the difference between two readings of a clock.
const slack = 100 * time.Microsecond

// TestKernelStampsAreThoseOfTheWrites reads late, long after the bytes came:
// each stamp must lie between the instants right before and right after the
// peer's write, because loopback delivers within the write.
func TestKernelStampsAreThoseOfTheWrites(t *testing.T) {
	client, server := tcpPair(t)
	conn := newStampConn(client)
	warmStamps(t, conn, server)
	conn.expect()
	if _, err := conn.Write([]byte("?")); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		w := written{before: time.Now()}
		if _, err := server.Write([]byte("token")); err != nil {
			t.Fatal(err)
		}
		w.after = time.Now()
		time.Sleep(3 * time.Millisecond) // a reader that is late
		read := time.Now()
		if _, err := conn.Read(make([]byte, 64)); err != nil {
			t.Fatal(err)
		}
		a := conn.last
		if !a.Kernel {
			t.Fatalf("read %d was stamped in user space", i)
		}
		if a.At.Before(w.before.Add(-slack)) || a.At.After(w.after.Add(slack)) {
			t.Errorf("read %d: stamp %v after the write began, which took %v", i, a.At.Sub(w.before), w.after.Sub(w.before))
		}
		if !a.At.Before(read) {
			t.Errorf("read %d: the stamp is not earlier than the late read", i)
		}
	}
}

func TestQuietSeesDataAndClose(t *testing.T) {
	client, server := tcpPair(t)
	r := newReceiver(client)
	if !r.quiet() {
		t.Error("a fresh connection is not quiet")
	}
	if _, err := server.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return !r.quiet() })
	if _, _, _, err := r.receive(make([]byte, 8), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if !r.quiet() {
		t.Error("what was read still waits")
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return !r.quiet() })
}

func TestReceiveStampOfOddControlMessages(t *testing.T) {
	for _, control := range [][]byte{nil, make([]byte, 7), make([]byte, 16), {255, 255, 255, 255, 0, 0, 0, 0, 1, 0, 0, 0, 35, 0, 0, 0}} {
		if at, ok := receiveStamp(control); ok {
			t.Errorf("receiveStamp(%v) = %d, true", control, at)
		}
	}
}

func FuzzReceiveStamp(f *testing.F) {
	f.Add(make([]byte, controlSpace))
	f.Fuzz(func(_ *testing.T, control []byte) { receiveStamp(control) })
}

func BenchmarkRead(b *testing.B) {
	for _, bb := range []struct {
		name string
		user bool
	}{{"kernel", false}, {"user", true}} {
		b.Run(bb.name, func(b *testing.B) {
			client, server := tcpPair(b)
			conn := newStampConn(client)
			if bb.user {
				conn.receiver = userReceiver{client}
			}
			p := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := server.Write([]byte("token")); err != nil {
					b.Fatal(err)
				}
				if _, err := conn.Read(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
