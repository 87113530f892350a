// Package charts checks what the Helm charts promise and Helm does not look at:
// that each holds the current library, and that the three engines are set up
// alike. It needs neither Helm nor a cluster; test/e2e renders and installs the
// charts with both, and compares with the files in testdata here.
package charts
