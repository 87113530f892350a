package fleet

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strconv"
)

// magic begins each line that is a worker's, with the version of the format.
const magic = "llmbench/1"

// maxPayload is how many bytes of base64 one line has at most. Container runtimes
// cut lines at 16 KiB and put them together again; these stay whole.
const maxPayload = 10 << 10

// line is one line of a worker's log: a piece of a compressed message.
//
//	llmbench/1 WORKER SEQUENCE PLACE BASE64 CRC32
type line struct {
	worker      int
	seq         int64
	first, last bool // of its message
	payload     []byte
}

// places write whether a line is the first and the last of its message.
var places = map[string]struct{ first, last bool }{"<>": {true, true}, "<-": {true, false}, "--": {}, "->": {false, true}}

func (l line) place() string {
	place := []byte("--")
	if l.first {
		place[0] = '<'
	}
	if l.last {
		place[1] = '>'
	}
	return string(place)
}

// appendTo writes the line, its end included.
func (l line) appendTo(into []byte) []byte {
	begin := len(into)
	into = fmt.Appendf(into, "%s %d %d %s ", magic, l.worker, l.seq, l.place())
	into = append(into, l.payload...)
	return fmt.Appendf(into, " %08x\n", crc32.ChecksumIEEE(into[begin:]))
}

// parseLine reads a line without its end; ok is false for whatever is no whole
// line of a worker. The payload is part of text.
func parseLine(text []byte) (l line, ok bool) {
	if !bytes.HasPrefix(text, []byte(magic+" ")) {
		return l, false
	}
	end := bytes.LastIndexByte(text, ' ')
	sum, err := strconv.ParseUint(string(text[end+1:]), 16, 32)
	if err != nil || sum != uint64(crc32.ChecksumIEEE(text[:end])) {
		return l, false
	}
	fields := bytes.Split(text[:end], []byte(" "))
	if len(fields) != 5 {
		return l, false
	}
	if l.worker, err = strconv.Atoi(string(fields[1])); err != nil || l.worker < 0 {
		return l, false
	}
	if l.seq, err = strconv.ParseInt(string(fields[2]), 10, 64); err != nil || l.seq < 0 {
		return l, false
	}
	place, known := places[string(fields[3])]
	l.first, l.last, l.payload = place.first, place.last, fields[4]
	return l, known
}

// split cuts a compressed message into lines, numbered from seq on.
func split(worker int, seq int64, message []byte) (lines []byte, next int64) {
	text := base64.RawStdEncoding.AppendEncode(nil, message)
	first := true
	for first || len(text) > 0 {
		n := min(len(text), maxPayload)
		l := line{worker: worker, seq: seq, first: first, last: n == len(text), payload: text[:n]}
		lines = l.appendTo(lines)
		text, first, seq = text[n:], false, seq+1
	}
	return lines, seq
}
