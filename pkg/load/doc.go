// Package load decides when requests go out.
//
// [Users] is a closed loop: a fixed number of users, each of whom sends the
// next request once the last one was answered and thought about. [Open] is an
// open loop: requests go out when a [Pacer] says, whatever became of those
// before them. Either pace is plain arithmetic over the time since the run
// began, with no clock in it; [Users.Run] and [Open.Run] are what follows that
// pace on the real clock. [Backoff] says when a failed request may be tried
// again.
//
// The package must not know what a request is: it knows no HTTP, no engine, no
// cluster, and nothing of how a request ended.
package load
