package bench

import (
	"strings"
	"sync"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// talk is a conversation under way with one engine. One request at a time has it.
type talk struct {
	source *prompt.Source
	seq    uint64 // of the request that began it
	turn   int    // the next one, from 0
	// messages is what was said before that turn.
	messages []engine.Message
}

// turn is what the user says next in a talk.
type turn struct {
	talk    *talk
	request prompt.Request
}

// circle is who shares conversations: a user of a closed loop has one of their
// own, and the arrivals of an open loop and the iterations of a sequence take
// the one that has waited the longest.
type circle struct {
	target *Target
	index  int // of the scenario
	round  int64
	user   int
}

// talks holds the conversations that wait for their next turn, in the order in
// which they began to wait.
type talks struct {
	mu      sync.Mutex
	waiting map[circle][]*talk
}

func (ts *talks) take(c circle) *talk {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	queue := ts.waiting[c]
	if len(queue) == 0 {
		return nil
	}
	ts.waiting[c] = queue[1:]
	return queue[0]
}

func (ts *talks) give(c circle, t *talk) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.waiting == nil {
		ts.waiting = map[circle][]*talk{}
	}
	ts.waiting[c] = append(ts.waiting[c], t)
}

func (s shot) circle() circle {
	return circle{target: s.target, index: s.index, round: s.arrival.Seq / seqStride, user: s.arrival.User}
}

// nextTurn finds the conversation that a shot goes on with, or begins one. It
// is nil where requests stand alone.
func (r *runner) nextTurn(s shot) *turn {
	if !r.Prompts.Converses() || s.index < 0 {
		return nil
	}
	t := r.talks.take(s.circle())
	if t == nil {
		t = &talk{source: r.deal(s.part(1), s.target), seq: uint64(s.arrival.Seq)} //nolint:gosec // seq counts from 0
	}
	request, _ := t.source.Turn(t.seq, t.turn) // goOn gives back only talks that have one
	return &turn{talk: t, request: request}
}

// goOn takes the answer into a turn's conversation and lets it wait for its
// next turn. It ends where the turn failed, where the answer had no text to go
// on from, where no turn is left, and where the next would not fit the engine's
// context.
func (r *runner) goOn(s shot, now *turn, x *exchange, sample record.Sample) {
	if now == nil || sample.Status != record.StatusOK {
		return
	}
	t := now.talk
	_, answer := x.said() // chat templates leave reasoning out of the turns to come
	if answer == "" {
		return
	}
	t.messages = append(t.messages, engine.Message{Role: "user", Content: now.request.Text}, engine.Message{Role: "assistant", Content: answer})
	t.turn++
	next, more := t.source.Turn(t.seq, t.turn)
	if more && r.fits(s, sample, next) {
		r.talks.give(s.circle(), t)
	}
}

// turnOverhead is more tokens than chat templates put around a turn.
const turnOverhead = 32

// fits says whether the engine's context, where it is known, holds the next
// turn and its answer. A byte is taken for at most half a token.
func (r *runner) fits(s shot, last record.Sample, next prompt.Request) bool {
	room := s.target.Info.ContextLength
	if own := r.Config.Generation.ContextLength; s.target.Protocol.Kind() == engine.Ollama && own > 0 {
		room = own
	}
	if room == 0 {
		return true
	}
	said := last.PromptTokens.Or(0) + last.OutputTokens.Or(0)
	return said+int64(len(next.Text)/2+turnOverhead+r.callFor(s, next, nil).call.MaxTokens) <= int64(room)
}

// maxTranscript is how many bytes of frames are kept of one answer: a token's
// frame has some 200, and no answer has more than tens of thousands of them.
const maxTranscript = 32 << 20

// transcript holds the frames of an answer as they came, so that its text can
// be read once nothing is measured any more.
type transcript struct {
	bytes []byte
	ends  []int
	cut   bool // more came than is kept
}

func (t *transcript) reset() { t.bytes, t.ends, t.cut = t.bytes[:0], t.ends[:0], false }

func (t *transcript) add(frame []byte) {
	if t.cut = t.cut || len(t.bytes)+len(frame) > maxTranscript; t.cut {
		return
	}
	t.bytes = append(t.bytes, frame...)
	t.ends = append(t.ends, len(t.bytes))
}

// said is all the text of the stream that was followed last.
func (x *exchange) said() (reasoning, answer string) {
	var thought, text strings.Builder
	from := 0
	for _, end := range x.transcript.ends {
		r, a := x.decoder.Text(x.transcript.bytes[from:end])
		thought.WriteString(r)
		text.WriteString(a)
		from = end
	}
	return thought.String(), text.String()
}
