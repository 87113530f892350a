// Package record holds the versioned result types of a run and their codecs.
//
// Everything that measures writes these types and everything that renders
// reads them, so a run can be redrawn from its directory alone. The package
// knows nothing of sockets, engines, clusters or statistics. Its main type is
// [Sample], one request as it was measured; [Summary] is what a run amounts to.
//
// Units stand in the JSON names (ttft_ms, output_tokens_per_s). A value that
// was not measured is absent: it is never written as 0 or NaN.
package record

// SchemaVersion names the shape of every document this package writes. It
// changes only together with a line in docs/adr.
const SchemaVersion = "1"
