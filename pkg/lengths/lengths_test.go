package lengths

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Distribution{
		"480":                     {Kind: Fixed, Centre: 480, Low: 480, High: 480},
		" 480±240 ":               {Kind: Normal, Centre: 480, Spread: 240, Low: 1, High: 959},
		"480 +- 240.5":            {Kind: Normal, Centre: 480, Spread: 240.5, Low: 1, High: 959},
		"480+/-0":                 {Kind: Normal, Centre: 480, Low: 1, High: 959},
		"normal(480, 240)":        {Kind: Normal, Centre: 480, Spread: 240, Low: 1, High: 959},
		"480±240 in 16..2048":     {Kind: Normal, Centre: 480, Spread: 240, Low: 16, High: 2048, bounded: true},
		"100..500":                {Kind: Uniform, Low: 100, High: 500},
		"uniform(100, 500)":       {Kind: Uniform, Low: 100, High: 500},
		"lognormal(480,240)":      {Kind: Lognormal, Centre: 480, Spread: 240, Low: 1, High: Most},
		"lognormal(4, 2) in 1..9": {Kind: Lognormal, Centre: 4, Spread: 2, Low: 1, High: 9, bounded: true},
		"1±5":                     {Kind: Normal, Centre: 1, Spread: 5, Low: 1, High: 1},
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Distribution{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		again, err := Parse(got.String())
		if err != nil || again != got {
			t.Errorf("%q is written as %q, which reads as %v (%v)", text, got, again, err)
		}
		if !regexp.MustCompile(Pattern).MatchString(text) {
			t.Errorf("the pattern refuses %q", text)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "none of the forms",
		"many":                    "none of the forms",
		"-5":                      "between 1 and",
		"0":                       "between 1 and",
		"5.5":                     "none of the forms",
		"2000000":                 "between 1 and",
		"10..5":                   "the smaller bound comes first",
		"0..5":                    "between 1 and",
		"480 in 1..9":             "none of the forms",
		"4±2 in 1..9 in 1..9":     "none of the forms",
		"480±240 in 500..900":     "lies outside of its bounds",
		"lognormal(0, 1)":         "between 1 and",
		"normal(1.2.3, 1)":        "none of the forms",
		"480±240 in 16 .. many":   "none of the forms",
		"99999999999999999999999": "none of the forms",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The mean and the spread of what is drawn are those that were written.
func TestDraw(t *testing.T) {
	for _, c := range []struct {
		text       string
		mean, dev  float64
		low, high  int
		distinctly int // at least so many lengths
	}{
		{"480", 480, 0, 480, 480, 1},
		{"480±100", 480, 100, 1, 959, 300},
		{"100..500", 300, 115.8, 100, 500, 350},
		{"lognormal(480, 240)", 480, 240, 1, Most, 500},
		{"480±240 in 16..2048", 492, 226, 16, 2048, 500},
	} {
		d, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		const n = 20000
		var sum, squares float64
		seen := map[int]bool{}
		for range n {
			v := d.Draw(r)
			if v < c.low || v > c.high {
				t.Fatalf("%s drew %d", c.text, v)
			}
			seen[v] = true
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		mean := sum / n
		dev := math.Sqrt(max(squares/n-mean*mean, 0))
		if math.Abs(mean-c.mean) > 0.01*c.mean || math.Abs(dev-c.dev) > 0.03*c.dev || len(seen) < c.distinctly {
			t.Errorf("%s has the mean %.1f and deviation %.1f over %d lengths, want %.1f and %.1f", c.text, mean, dev, len(seen), c.mean, c.dev)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"480", "480±240 in 16..2048", "100..500", "lognormal(480,240)", "1±1e9", "uniform(1,1)"} {
		f.Add(seed)
	}
	pattern := regexp.MustCompile(Pattern)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		if !pattern.MatchString(text) {
			t.Errorf("the schema's pattern refuses %q", text)
		}
		r := rand.New(rand.NewPCG(1, 1))
		for range 20 {
			if v := d.Draw(r); v < d.Low || v > d.High || v < 1 || v > Most {
				t.Fatalf("%q drew %d", text, v)
			}
		}
		if again, err := Parse(d.String()); err != nil || again != d {
			t.Errorf("%q is written as %q, which reads as %v (%v)", text, d, again, err)
		}
	})
}
