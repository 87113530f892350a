package inputs

import (
	"net"
	"runtime"
	"testing"
)

func TestSocketsCountAsOpenFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	before, err := openFiles()
	if err != nil {
		t.Fatal(err)
	}
	const more = 20
	for range more {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() }) //nolint:errcheck,gosec // it was only to be there
	}
	if n, err := openFiles(); err != nil || n < before+more || n > before+more+5 {
		t.Errorf("%d open, %d before %d more were opened; %v", n, before, more, err)
	}
}
