// Package honest runs whole comparisons of simulated engines, hundreds of them,
// and counts how often the verdict is right. Client and simulators talk as they
// do over sockets, but through pipes and on a clock of testing/synctest's own,
// on which a benchmark of minutes takes none.
package honest
