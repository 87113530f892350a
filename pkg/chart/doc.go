// Package chart describes the figures of a run once, and draws them.
//
// [Figures] makes a [Figure] of whatever a summary can show. [Figure.PNG] and
// [Figure.SVG] draw one for files; the interactive page draws the same
// description in the browser. [Colour] is an engine's colour wherever it is shown.
// The package reads results only and knows no engine, no configuration and no
// file.
package chart
