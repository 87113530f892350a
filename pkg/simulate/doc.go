// Package simulate serves simulated engines: vLLM, TGI and Ollama, each
// speaking its own protocol over a real socket, with a model of continuous
// batching behind it, faults on demand, and a log of what really left the
// process and when.
//
// Its main type is Server. A request goes through these hands:
//
//   - an engine's file (vllm.go, tgi.go, ollama.go) reads it into a plan: the
//     ask (prompt, lengths) and the form in which the answer will be worded;
//   - turn.go draws the answer from seeds and hands the ask to the pump;
//   - pump.go is the engine loop: it sleeps through the steps that batch.go, a
//     state machine without a clock, computes, and tells each turn how many
//     tokens it has;
//   - the form words the tokens as frames, and output.go sends and stamps them.
//
// The package must not know the client's reading of the protocols
// (pkg/engine): it is an independent voice, so that a misunderstanding on one
// side shows as a failing test and not as agreement.
package simulate
