package load

import (
	"encoding/binary"
	"math/rand/v2"
)

// random returns the numbers that belong to the i-th draw of one party. The
// three go into a ChaCha8 key, whose streams are unrelated even where keys
// differ by one, as seeds and indices here do.
func random(seed uint64, party, i int) *rand.Rand {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[0:], seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(party)) //nolint:gosec // any bits serve as a key
	binary.LittleEndian.PutUint64(key[16:], uint64(i))    //nolint:gosec // any bits serve as a key
	return rand.New(rand.NewChaCha8(key))                 //nolint:gosec // a pause is no secret
}
