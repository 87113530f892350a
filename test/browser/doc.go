// Package browser opens the HTML report in a real Chromium and uses it as a
// person would. Everything in it has the build tag browser, because `make test`
// needs no browser. Chromium is found on the path; screenshots and the printed
// page are left in the folder that LLMBENCH_ARTEFACTS names.
package browser
