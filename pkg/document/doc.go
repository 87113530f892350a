// Package document writes a report for people to open: one HTML file that holds
// everything it needs and works offline, and a PDF for paper and archives.
//
// [PDF] sets a story on pages. [HTML] renders it for a browser, and draws figures
// there from the same description that files are drawn from. Whatever came from a
// cluster or an engine is taken for hostile: the page's policy allows the scripts
// and styles that were written with it and nothing else, and no connection to
// anywhere. The package must not know where a run lies or how it was measured, and
// says nothing that the story does not.
package document
