package prompt

import (
	"fmt"
	"math/bits"
)

// The salt's words. It stands for text that a person could have written, so
// that a model neither refuses it nor dwells on it.
var (
	saltPeople = []string{
		"Ada", "Bruno", "Chen", "Dalia", "Emeka", "Farah", "Goran", "Hana",
		"Ines", "Jonas", "Kofi", "Lena", "Mateo", "Noor", "Olga", "Pavel",
	}
	saltTopics = []string{
		"request", "question", "note", "letter", "item", "ticket", "message", "entry",
	}
)

// salt returns the line in front of prompt seq. It begins with what differs
// most, because a prefix cache shares every block of tokens up to the first
// difference: the number is unique to seq within a run, and mixed so that
// neighbours share no leading digits.
func (s *Source) salt(seq uint64) string {
	id := mix(seq ^ mix(s.opts.Seed^mix(s.nonce)))
	return fmt.Sprintf("%016x is the reference of this %s from %s.",
		id, saltTopics[id%uint64(len(saltTopics))], saltPeople[bits.RotateLeft64(id, 17)%uint64(len(saltPeople))])
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014). It maps
// every number to another one, so unequal numbers stay unequal.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
