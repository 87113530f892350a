package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// ruined is a log as it may be read: broken off, begun late, with lines that are
// missing, damaged, twice or in another order.
func ruined(log []byte, random *rand.Rand) []byte {
	lines := bytes.SplitAfter(bytes.Clone(log), []byte("\n"))
	lines = lines[:len(lines)-1]
	for range random.IntN(4) {
		at := random.IntN(len(lines))
		switch random.IntN(5) {
		case 0:
			lines = slices.Delete(lines, at, min(at+1+random.IntN(3), len(lines)))
		case 1:
			lines[at] = bytes.Clone(lines[at])
			lines[at][random.IntN(len(lines[at]))] ^= byte(1 + random.IntN(255))
		case 2:
			again := slices.Clone(lines[at:min(at+1+random.IntN(5), len(lines))])
			lines = slices.Insert(lines, at, again...)
		case 3:
			other := random.IntN(len(lines))
			lines[at], lines[other] = lines[other], lines[at]
		default:
			lines = lines[at:]
		}
		if len(lines) == 0 {
			return nil
		}
	}
	text := bytes.Join(lines, nil)
	if random.IntN(2) == 0 {
		text = text[:random.IntN(len(text)+1)]
	}
	return text
}

// chatty is the log of a worker whose samples are messages of their own, with a
// block whose state takes several lines among them.
func chatty(t *testing.T, n int) (log []byte, samples []record.Sample) {
	t.Helper()
	seq := int64(0)
	say := func(m outgoing) {
		packed, err := pack(&m)
		if err != nil {
			t.Fatal(err)
		}
		var lines []byte
		lines, seq = split(3, seq, packed)
		log = append(log, lines...)
	}
	plain := func(v any) []json.RawMessage {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return []json.RawMessage{data}
	}
	_, _, block := sampled(t, 1)
	for i := range n {
		s := record.Sample{RequestID: fmt.Sprint(i), Seq: int64(i), Status: record.StatusOK, Attempt: 1}
		samples = append(samples, s)
		say(outgoing{Samples: plain(s)})
		if i == n/2 {
			say(outgoing{Blocks: plain(block)})
		}
	}
	say(outgoing{Final: &Final{Samples: int64(n)}})
	return log, samples
}

// However a log comes, no sample counts twice, none is made up, their order stays,
// and one that lacks is known to lack.
func TestALogIsNeverTakenForWholeThatIsNot(t *testing.T) {
	log, want := chatty(t, 30)
	place := map[string]int{}
	for i, s := range want {
		place[s.RequestID] = i
	}
	whole := 0
	for seed := range uint64(250) {
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // no secret
		var logs [][]byte
		for range 1 + random.IntN(4) {
			logs = append(logs, ruined(log, random))
		}
		if random.IntN(2) == 0 {
			logs = append(logs, log)
		}
		r := NewReader(3)
		samples, blocks, final, _ := read(r, logs...)
		last := -1
		for _, s := range samples {
			at, known := place[s.RequestID]
			if !known || at <= last || !reflect.DeepEqual(s, want[at]) {
				t.Fatalf("seed %d: sample %q behind %d", seed, s.RequestID, last)
			}
			last = at
		}
		switch lacks := len(samples) < len(want) || len(blocks) != 1; {
		case final == nil: // the reader knows that it is not over
		case lacks && r.Missing == 0:
			t.Fatalf("seed %d: %d of %d samples and %d blocks are there, and nothing is missing", seed, len(samples), len(want), len(blocks))
		case !lacks:
			whole++
		}
	}
	if whole < 25 {
		t.Errorf("only %d logs were whole", whole)
	}
}
