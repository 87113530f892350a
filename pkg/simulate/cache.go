package simulate

import (
	"container/list"
	"encoding/binary"
	"hash/fnv"
)

// blockTokens is the size of a block of the prefix cache, vLLM's default
// (config/cache.py, block_size).
const blockTokens = 16

// prefixCache remembers which blocks of prompts have been computed, the least
// recently used going first. A block's name covers all that stands before it,
// so two prompts share blocks up to their first difference and none after it.
type prefixCache struct {
	capacity int
	order    *list.List // of uint64, the most recently used in front
	at       map[uint64]*list.Element
}

func newPrefixCache(blocks int) *prefixCache {
	return &prefixCache{capacity: blocks, order: list.New(), at: map[uint64]*list.Element{}}
}

// lookup returns how many tokens of a prompt are at hand: whole blocks, and at
// most limit, because an engine computes at least a prompt's last token.
func (c *prefixCache) lookup(blocks []uint64, limit int) int {
	n := 0
	for n < len(blocks) && (n+1)*blockTokens <= limit && c.at[blocks[n]] != nil {
		n++
	}
	c.touch(blocks[:n])
	return n * blockTokens
}

// insert remembers a prompt's blocks.
func (c *prefixCache) insert(blocks []uint64) { c.touch(blocks) }

// touch goes from the last block to the first, so that the tail of a prompt is
// forgotten before its head: a block without those before it is of no use.
func (c *prefixCache) touch(blocks []uint64) {
	for i := len(blocks) - 1; i >= 0; i-- {
		if e := c.at[blocks[i]]; e != nil {
			c.order.MoveToFront(e)
			continue
		}
		c.at[blocks[i]] = c.order.PushFront(blocks[i])
	}
	for c.order.Len() > c.capacity {
		oldest := c.order.Back()
		delete(c.at, oldest.Value.(uint64)) //nolint:errcheck // only touch fills the list
		c.order.Remove(oldest)
	}
}

// bytesPerToken is the rule by which prompts are counted: English prose has
// about four bytes a token in the vocabularies of today's models.
const bytesPerToken = 4

// countTokens estimates the tokens of a text, the template around it included.
func countTokens(text string) int { return (len(text) + bytesPerToken - 1) / bytesPerToken }

// blockNames hashes a prompt's full blocks, each on top of the one before.
func blockNames(prompt string) []uint64 {
	const size = blockTokens * bytesPerToken
	names := make([]uint64, 0, len(prompt)/size)
	h := fnv.New64a()
	for ; len(prompt) >= size; prompt = prompt[size:] {
		_, _ = h.Write([]byte(prompt[:size]))
		names = append(names, h.Sum64())
	}
	return names
}

// vocabularySize bounds the token numbers that tokenIDs gives.
const vocabularySize = 32000

// tokenIDs numbers a prompt's tokens, in the order of countTokens.
func tokenIDs(prompt string) []int {
	ids := make([]int, 0, countTokens(prompt))
	for len(prompt) > 0 {
		var four [bytesPerToken]byte
		n := copy(four[:], prompt)
		ids = append(ids, int(mix(uint64(binary.LittleEndian.Uint32(four[:])))%vocabularySize))
		prompt = prompt[n:]
	}
	return ids
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
