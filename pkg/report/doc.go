// Package report is the run directory and its documents.
//
// [Create] makes the directory of a new run and [Recorder] appends to it while
// the run measures; [Load] reads any run directory back, one that was killed
// half-way too, and [WriteDocuments] writes what a person or a script opens.
// A summary is always computed by pkg/summary from samples and blocks, so a
// run and its redrawing cannot differ. The package must not know how anything
// was measured.
package report
