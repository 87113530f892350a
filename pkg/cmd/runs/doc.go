// Package runs is what the verbs that compare runs share: it opens runs by the
// paths that a user names, a [Source] each, compares them and applies a [Gate].
// It knows no verb, and prints nothing.
package runs
