package engine

import (
	"fmt"
	"testing"
)

// The n-th frame of long streams as the engines write them.

func vllmFrame(n int) string {
	return fmt.Sprintf(`{"id":"chatcmpl-9a1f0c3b5d7e4f62a8b0c1d2e3f40516","object":"chat.completion.chunk","created":1787392800,"model":"bench/tiny-7b","choices":[{"index":0,"delta":{"content":" w%d"},"logprobs":null,"finish_reason":null,"token_ids":null}]}`, n)
}

func vllmCountedFrame(n int) string {
	frame := vllmFrame(n)
	return fmt.Sprintf(`%s,"usage":{"prompt_tokens":11,"total_tokens":%d,"completion_tokens":%d,"completion_tokens_details":null}}`, frame[:len(frame)-1], n+12, n+1)
}

func tgiFrame(n int) string {
	return fmt.Sprintf(`{"index":%d,"token":{"id":%d,"text":" w%d","logprob":-0.%d,"special":false},"generated_text":null,"details":null}`, n+1, 700+n, n, 31+n)
}

func ollamaFrame(n int) string {
	return fmt.Sprintf(`{"model":"tiny","created_at":"2026-11-24T03:19:%02d.727976238Z","message":{"role":"assistant","content":" w%d"},"done":false}`, n%60, n)
}

var streams = map[string]struct {
	kind  Kind
	frame func(n int) string
}{
	"vllm":         {VLLM, vllmFrame},
	"vllm-counted": {VLLM, vllmCountedFrame},
	"tgi":          {TGI, tgiFrame},
	"ollama":       {Ollama, ollamaFrame},
}

// BenchmarkDecode is the cost of a frame on the measured path; its /full
// beside it is what a decode with encoding/json alone would cost.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"vllm", "vllm-counted", "tgi", "ollama"} {
		s := streams[name]
		frames := make([][]byte, 64)
		for n := range frames {
			frames[n] = []byte(s.frame(n + 100))
		}
		fast := protocol(b, s.kind).NewDecoder("")
		for way, d := range map[string]Decoder{"fast": fast, "full": slow(fast)} {
			b.Run(name+"/"+way, func(b *testing.B) {
				for _, f := range frames {
					d.Decode(f)
				}
				b.ReportAllocs()
				b.SetBytes(int64(len(frames[0])))
				n := 0
				for b.Loop() {
					d.Decode(frames[n%64])
					n++
				}
			})
		}
	}
}
