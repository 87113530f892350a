package simulate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stems are the words that answers are made of. Some need escaping or more
// than one byte a letter, so that decoders meet both.
var stems = strings.Fields(`
	harbour lantern river signal meadow copper window garden letter morning
	bridge carpet orchard thunder velvet compass marble ladder island winter
	quiet narrow gentle hollow bright distant early famous golden hidden
	steady tender upper wooden yellow simple patient modest likely honest
	carries follows gathers returns measures answers opens turns keeps finds
	between beyond along under after before toward against without around
	slowly often rarely gladly nearly always never together apart again
	the a this that each every some most many few
	and but or so while because although until when where
	is was has had may can will might should could
	naïve façade über señor crème 北 空 “so” "yes" \o/
`)

// token is one token of an answer.
type token struct {
	id   int
	text string
	json string // text, escaped for the inside of a JSON string
	kind kind
}

// kind says which part of an answer a token belongs to.
type kind int

const (
	reasoningToken kind = iota
	markerToken         // ends the reasoning; counted, but not shown by a server that parses it
	textToken
	eosToken // ends the answer; counted, but has no text
)

// vocabulary holds every token, ready to be sent.
type vocabulary struct {
	starts []token // capitalised, at the start of a text
	opens  []token // capitalised, after a full stop
	words  []token
	marks  []token
	marker token
	eos    token
}

// The special tokens, as models of Llama's and Qwen's families spell them.
const (
	markerText = "</think>"
	eosText    = "</s>"
)

var lexicon = newVocabulary()

func newVocabulary() vocabulary {
	v := vocabulary{}
	next := 2
	add := func(text string) token {
		next++
		return token{id: next, text: text, json: escaped(text), kind: textToken}
	}
	for _, stem := range stems {
		v.starts = append(v.starts, add(capital(stem)))
		v.opens = append(v.opens, add(" "+capital(stem)))
		v.words = append(v.words, add(" "+stem))
	}
	stop, comma, line := add("."), add(","), add(".\n")
	v.marks = []token{stop, stop, stop, comma, comma, line}
	v.marker, v.eos = add(markerText), add(eosText)
	v.marker.kind, v.eos.kind = markerToken, eosToken
	v.eos.id = 2
	return v
}

func capital(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + word[n:]
}

// wordsPerMark is how far apart punctuation stands, on average.
const wordsPerMark = 8

// pick draws token i of a text. It depends on its arguments alone.
func (v *vocabulary) pick(seed, i uint64, start bool) token {
	h := mix(seed ^ mix(i))
	if start {
		return v.starts[h%uint64(len(v.starts))]
	}
	if v.isMark(seed, i) {
		return v.marks[h%uint64(len(v.marks))]
	}
	if i > 0 && v.isMark(seed, i-1) && v.endsSentence(seed, i-1) {
		return v.opens[h%uint64(len(v.opens))]
	}
	return v.words[h%uint64(len(v.words))]
}

// isMark says that punctuation stands at i; never twice in a row.
func (v *vocabulary) isMark(seed, i uint64) bool {
	drawn := func(i uint64) bool { return i > 0 && mix(seed^mix(i)^markStream)%wordsPerMark == 0 }
	return drawn(i) && !drawn(i-1)
}

func (v *vocabulary) endsSentence(seed, i uint64) bool {
	return v.marks[mix(seed^mix(i))%uint64(len(v.marks))].text[0] == '.'
}

const markStream = 0x6d61726b73000000
