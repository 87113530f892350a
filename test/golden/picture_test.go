package golden

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// paint makes a grey picture with some white pixels.
func paint(t *testing.T, size, white int) []byte {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, size, size))
	for i := range white {
		p.Set(i%size, i/size, color.White)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCheckPNGAllowsAShareOfPixels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(file, paint(t, 10, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		got  []byte
		fail bool
	}{
		"the same":    {paint(t, 10, 0), false},
		"the share":   {paint(t, 10, 5), false},
		"more":        {paint(t, 10, 6), true},
		"other sizes": {paint(t, 11, 0), true},
	} {
		j := &judge{TB: t}
		if CheckPNG(j, file, c.got, 0.05); j.failed != c.fail {
			t.Errorf("%s: failed is %v", name, j.failed)
		}
	}
}
