// Package wire carries requests to an endpoint and tells when each frame of the
// answer arrived.
//
// [Client.Stream] sends one request and returns a [Stream]; [NewSSE] and
// [NewNDJSON] cut a stream into [Frame] values, each with its arrival. On Linux
// the arrival is the kernel's receive stamp of the bytes, elsewhere the time
// right after the read returned; a frame says which it has.
//
// HTTP/1.1 is spoken here and not through net/http, for one reason: net/http's
// reader of chunked bodies waits for the rest of a chunk before it hands over
// the whole chunks before it, so that an arrival could be that of a later frame.
//
// The package knows neither engines nor JSON, and decides nothing about results.
package wire
