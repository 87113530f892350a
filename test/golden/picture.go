package golden

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"testing"
)

// CheckPNG compares a PNG picture with a file, or writes it under -update. A
// share of the pixels, 0..1, may differ: how floating-point numbers round at the
// edge of a stroke depends on the processor.
func CheckPNG(t testing.TB, file string, got []byte, share float64) {
	t.Helper()
	if *update {
		write(t, file, got)
	}
	data, err := os.ReadFile(file) //nolint:gosec // a test's own file
	if err != nil {
		t.Fatal(err)
	}
	want, have := decode(t, file, data), decode(t, "the new picture", got)
	if want.Bounds() != have.Bounds() {
		t.Errorf("%s is %v and the new picture %v; run the test with -update and look at both", file, want.Bounds(), have.Bounds())
		return
	}
	if off := unlike(want, have); off > share {
		t.Errorf("%s differs in %.2f %% of its pixels; run the test with -update and look at both", file, 100*off)
	}
}

func decode(t testing.TB, name string, data []byte) *image.RGBA {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("decode %s: %v", name, err)
	}
	pixels := image.NewRGBA(picture.Bounds())
	draw.Draw(pixels, pixels.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return pixels
}

// unlike is the share of pixels that differ by more than a shade. Both pictures
// are of one size.
func unlike(a, b *image.RGBA) float64 {
	const shade = 8 // of 255
	differ, pixels := 0, len(a.Pix)/4
	for i := range pixels {
		for channel := 4 * i; channel < 4*i+4; channel++ {
			if x, y := a.Pix[channel], b.Pix[channel]; max(x, y)-min(x, y) > shade {
				differ++
				break
			}
		}
	}
	return float64(differ) / float64(max(pixels, 1))
}
