// Package prompt says what engines are asked: it reads prompt files, holds the
// built-in prompts, makes synthetic ones of a given length, leads
// conversations, and deals all of it out to the requests of a run.
//
// A [Source] is a pure function of its seed and a request's number, so every
// engine of a comparison gets the same prompts in the same order. It can salt
// each prompt, so that no prefix cache answers for the engine. Lengths are in
// tokens as an engine counts them, which a [Ruler] predicts; how an engine is
// made to count comes in as a [Counter]. The package opens no file, speaks no
// protocol and holds no tokenizer.
package prompt
