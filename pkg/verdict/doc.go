// Package verdict judges results: whether targets were met, whether the engines
// stood on even ground, which of them is better and how surely, what to do
// next, and how two runs differ.
//
// It reads summaries and the numbers of single requests, measures nothing, and
// knows no document and no terminal. "No significant difference" is one of its
// answers.
package verdict
