// Package children runs simulated engines as child processes, so that they do
// not share the measuring process's scheduler and garbage collector.
//
// Its main type is Set. A child lives as long as its standard input is open,
// so it ends with this process however that ends. The package knows the
// command line of the simulate verb, and nothing of what the children serve.
package children
