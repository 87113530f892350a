// Package prompt says what engines are asked: it reads prompt files, holds the
// built-in prompts, and deals them out to the requests of a run.
//
// A [Source] is a pure function of its seed and a request's number, so every
// engine of a comparison gets the same prompts in the same order. It can salt
// each prompt, so that no prefix cache answers for the engine. The package
// opens no file and knows nothing of engines or tokens.
package prompt
