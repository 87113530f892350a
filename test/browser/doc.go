// Package browser opens the HTML report in a real Chromium and uses it as a
// person would, and reads the PDF report with poppler's programs. Everything in it
// has the build tag browser, because `make test` needs neither. Both are found on
// the path; screenshots and the printed pages are left in the folder that
// LLMBENCH_ARTEFACTS names.
package browser
