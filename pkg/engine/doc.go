// Package engine knows the engines' protocols: how a generation is asked of
// vLLM, TGI, Ollama and any OpenAI-compatible server, what each frame of their
// streams says, and how each tells what it is.
//
// Each engine stands behind [Protocol] in a file of its own, with its stream's
// dialect beside it where that is its own too, and has one row of the table in
// table.go. What frames mean together is in stream.go; how all but the first
// few are read without decoding JSON is in shape.go. Timing is not this
// package's business: frames come in without a clock.
package engine
