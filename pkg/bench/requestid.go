package bench

import (
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"
)

// runDigits is how many bytes of a request's ID are the same for all of a run.
const runDigits = 6

// requestID names a request by a UUID of version 8 (RFC 9562, section 5.8): some
// servers refuse every other form of X-Request-Id, as those built on
// starlette-context do. It is made from what the request is, so that every client
// of a run gives its own requests names that no other has, and begins with twelve
// digits that are the run's.
func (r *runner) requestID(s shot, attempt int) string {
	run := sha256.Sum256([]byte(r.RunID))
	own := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", r.RunID, s.target.Name, s.part(attempt), s.arrival.Seq))
	var id uuid.UUID
	copy(id[:], own[:])
	copy(id[:runDigits], run[:])
	id[6] = id[6]&0x0f | 0x80 // the version
	id[8] = id[8]&0x3f | 0x80 // the variant
	return id.String()
}
