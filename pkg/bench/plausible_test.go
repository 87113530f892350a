package bench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestCountsThatCannotBeAreLeftOut(t *testing.T) {
	for _, tt := range []struct {
		name   string
		asked  int
		frames int64
		gives  engine.Totals
		want   engine.Totals
		odd    string
	}{
		{"as asked", 24, 24,
			engine.Totals{PromptTokens: record.Some[int64](9), OutputTokens: record.Some[int64](24), Source: record.TokensEngine},
			engine.Totals{PromptTokens: record.Some[int64](9), OutputTokens: record.Some[int64](24), Source: record.TokensEngine}, ""},
		{"longer than asked, and so were the frames", 24, 500,
			engine.Totals{OutputTokens: record.Some[int64](500), Source: record.TokensEngine},
			engine.Totals{OutputTokens: record.Some[int64](500), Source: record.TokensEngine}, ""},
		{"all in one frame", 4096, 1,
			engine.Totals{OutputTokens: record.Some[int64](4096), Source: record.TokensEngine},
			engine.Totals{OutputTokens: record.Some[int64](4096), Source: record.TokensEngine}, ""},
		{"more than the frames can hold", 24, 24,
			engine.Totals{OutputTokens: record.Some[int64](40000), Source: record.TokensEngine},
			engine.Totals{}, "40000 output tokens"},
		{"more than the prompt has", 24, 24,
			engine.Totals{PromptTokens: record.Some[int64](1 << 20), CachedTokens: record.Some[int64](1 << 20)},
			engine.Totals{}, "1048576 prompt tokens"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := boundsOf(engine.Call{MaxTokens: tt.asked, Messages: []engine.Message{{Content: "a prompt"}}})
			p.totals(&tt.gives, tt.frames)
			if diff := cmp.Diff(tt.want, tt.gives, cmp.AllowUnexported(record.Int{})); diff != "" {
				t.Errorf("totals (-want +got):\n%s", diff)
			}
			if p.odd != tt.odd {
				t.Errorf("doubts %q, want %q", p.odd, tt.odd)
			}
		})
	}
}

func TestAFrameOfNothingButAnOddCountHasNoToken(t *testing.T) {
	p := plausible{asked: 24}
	bare := engine.Delta{Token: true, Bare: true, Tokens: 40000}
	p.frame(&bare, 0)
	if bare.Token || bare.Tokens != 0 {
		t.Errorf("a frame without text is taken for %d tokens: %+v", bare.Tokens, bare)
	}
	text := engine.Delta{Token: true, Answer: true, Tokens: 40000}
	p.frame(&text, 0)
	if !text.Token || text.Tokens != 0 {
		t.Errorf("a frame with text: %+v, want a token and no count", text)
	}
}
