//go:build race

package verdict

// underRace says that the race detector is on, under which resampling takes ten
// times as long and shows nothing more.
const underRace = true
