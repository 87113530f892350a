package bench

import (
	"testing"

	"github.com/google/uuid"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
)

// No two requests of a run share a name, whichever client sends them, and all
// names are UUIDs that begin as the run's do.
func TestRequestIDsAreUUIDsOfTheirRun(t *testing.T) {
	r := &runner{Options: Options{RunID: "r1"}}
	seen := map[string]bool{}
	for _, name := range []string{"vllm", "tgi"} {
		for index := range 3 {
			for attempt := 1; attempt <= 2; attempt++ {
				for _, warmup := range []bool{true, false} {
					for seq := range int64(20) {
						s := shot{target: &Target{Name: name}, index: index, arrival: load.Arrival{Seq: seq, Warmup: warmup}}
						id := r.requestID(s, attempt)
						if again := r.requestID(s, attempt); again != id || seen[id] {
							t.Fatalf("%s: again %s, known %v", id, again, seen[id])
						}
						seen[id] = true
						u, err := uuid.Parse(id)
						if err != nil || u.Version() != 8 || u.Variant() != uuid.RFC4122 {
							t.Fatalf("%s: version %v, %v: %v", id, u.Version(), u.Variant(), err)
						}
					}
				}
			}
		}
	}
	begins := map[string]bool{}
	for id := range seen {
		begins[id[:13]] = true
	}
	other := (&runner{Options: Options{RunID: "r2"}}).requestID(shot{target: &Target{Name: "vllm"}}, 1)
	if len(begins) != 1 || begins[other[:13]] {
		t.Errorf("%d begins, that of another run %s", len(begins), other[:13])
	}
}
