package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// floodMode is the first argument of the process that floods.
const floodMode = "flood"

// A vLLM chunk, but for its text and running counts.
const (
	chunkHead = `data: {"id":"chatcmpl-6f1d0c3b5d7e4f62a8b0c1d2e3f40516","object":"chat.completion.chunk","created":1787392800,"model":"flood","choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":{"prompt_tokens":11,"total_tokens":`
	lastChunk = `data: {"id":"chatcmpl-6f1d0c3b5d7e4f62a8b0c1d2e3f40516","object":"chat.completion.chunk","created":1787392800,"model":"flood","choices":[{"index":0,"delta":{"content":"."},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
)

// serveFlood answers every generation with frames as fast as the socket takes
// them, one chunk of the transport each, until the stated number has gone out.
func serveFlood(args []string) error {
	f := flag.NewFlagSet(floodMode, flag.ContinueOnError)
	frames := f.Int("frames", 5000, "Frames of each answer")
	if err := f.Parse(args); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a process that lives for this
	if err != nil {
		return err
	}
	answer := floodAnswer(*frames)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"object":"list","data":[{"id":"flood","object":"model","owned_by":"vllm"}]}`) //nolint:errcheck,gosec // the client notices
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) { flood(w, answer) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck,gosec // its end is what counts
		server.Close()                //nolint:errcheck,gosec // the process ends
	}()
	fmt.Printf("http://%s\n", ln.Addr())
	if err := server.Serve(ln); err != http.ErrServerClosed { //nolint:errorlint // returned bare
		return err
	}
	return nil
}

// floodAnswer is a whole answer in the transport's chunks, so that the server
// spends nothing on making it.
func floodAnswer(frames int) []byte {
	var b strings.Builder
	chunk := func(text string) { fmt.Fprintf(&b, "%x\r\n%s\r\n", len(text), text) }
	for i := range frames {
		chunk(chunkHead + fmt.Sprintf(`%d,"completion_tokens":%d}}`, i+12, i+1) + "\n\n")
	}
	chunk(lastChunk)
	b.WriteString("0\r\n\r\n")
	return []byte(b.String())
}

func flood(w http.ResponseWriter, answer []byte) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()                                                                                                                    //nolint:errcheck // one answer a connection
	io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n") //nolint:errcheck,gosec // the write below fails too
	conn.Write(answer)                                                                                                                    //nolint:errcheck,gosec // the client may have had enough
}

// child starts a server process that prints its URL and ends with its standard
// input.
func child(ctx context.Context, path string, args ...string) (url string, stop func() error, err error) {
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // our own programs
	cmd.Stderr = io.Discard
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		in.Close() //nolint:errcheck,gosec // it only tells the child
		return cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop() //nolint:errcheck,gosec // the missing address says more
		return "", nil, fmt.Errorf("%s %s: no address came: %w", path, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(line), stop, nil
}
