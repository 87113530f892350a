package golden

import (
	"bytes"
	"image"
	"image/color"
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

func decode(t testing.TB, name string, data []byte) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("decode %s: %v", name, err)
	}
	return picture
}

// unlike is the share of pixels that differ by more than a shade.
func unlike(a, b image.Image) float64 {
	differ, bounds := 0, a.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if !alike(a.At(x, y), b.At(x, y)) {
				differ++
			}
		}
	}
	return float64(differ) / float64(max(bounds.Dx()*bounds.Dy(), 1))
}

func alike(a, b color.Color) bool {
	const shade = 0x0800 // of 0xffff
	near := func(x, y uint32) bool { return max(x, y)-min(x, y) <= shade }
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return near(ar, br) && near(ag, bg) && near(ab, bb)
}
