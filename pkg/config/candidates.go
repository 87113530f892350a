package config

import "path/filepath"

// systemFile is the configuration of everyone on this machine.
const systemFile = "/etc/llmbench/config.yaml"

// localFile is the configuration of the working directory.
const localFile = "llmbench.yaml"

// Candidates returns the files that may hold configuration, lowest layer
// first, which is the order [Load] takes: the system's
// (/etc/llmbench/config.yaml), the user's ($XDG_CONFIG_HOME/llmbench/config.yaml,
// where that variable is empty or no absolute path ~/.config/llmbench/config.yaml)
// and the working directory's (llmbench.yaml). A file that does not exist is no
// error. The user's is missing from the list where HOME is unset too.
func Candidates(getenv func(string) string) []string {
	files := []string{systemFile}
	dir := getenv("XDG_CONFIG_HOME")
	// The XDG base directory specification has relative paths ignored.
	if home := getenv("HOME"); !filepath.IsAbs(dir) && home != "" {
		dir = filepath.Join(home, ".config")
	}
	if filepath.IsAbs(dir) {
		files = append(files, filepath.Join(dir, "llmbench", "config.yaml"))
	}
	return append(files, localFile)
}
