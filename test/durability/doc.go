// Package durability kills the real program at random instants, fills its disk
// and takes its directory away, and holds that what was measured is kept.
//
// LLMBENCH_KILLS says how often it is killed; `make durability` does so 200
// times.
package durability
