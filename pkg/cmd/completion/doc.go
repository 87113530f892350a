// Package completion tells a shell what may stand next on the command line:
// verbs and flags from the commands themselves, and here the values of flags
// and the arguments of verbs.
//
// Its main function is Register, which goes over a finished command tree. What
// kubectl needs to complete the plugin, the shim kubectl_complete-llmbench,
// stands here too. A completion must never print an error or keep a person
// waiting, so whatever cannot be learned soon is left out. The package must not
// know what a verb does.
package completion
