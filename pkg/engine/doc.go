// Package engine knows the engines' protocols: how a generation is asked of
// vLLM, TGI, Ollama and any OpenAI-compatible server, what each frame of their
// streams says, and how each tells what it is.
//
// Each engine is one file behind [Protocol] and one row of the table in
// table.go. Timing is not its business: frames come in without a clock.
package engine
