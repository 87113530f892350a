// Package story tells what a run says, in the order in which a reader needs it,
// without saying how it looks.
//
// [Tell] makes a [Story] of a summary and its figures: sections of blocks that
// the interactive page, the PDF and Markdown all draw, so that they cannot
// contradict each other. Numbers are formatted here and nowhere else. A value
// that is missing is marked as missing and never 0. The package reads results
// only; it must not know HTML, pages, fonts, files or how anything was measured.
package story
