package config

import (
	"fmt"
	"strings"
)

// Set sets one setting as a caller typed it, over every file and as [Override]
// does: the value is read as it would be in a file (64, true, null, [csv, json]),
// but for settings that hold text, where it is taken literally.
func (l *Loaded) Set(path, value, source string) error {
	s, ok := root.at(steps(path))
	if ok && s.form == text && (!s.nullable || value != "null") {
		return l.Override(path, value, source)
	}
	return l.Override(path, typed(value), source)
}

// typed is a value in the form of a file.
type typed string

// at follows the steps of a path. The entries of a list are all alike.
func (s *spec) at(steps []string) (*spec, bool) {
	if len(steps) == 0 {
		return s, true
	}
	switch s.form {
	case section:
		f, ok := s.field(steps[0])
		if !ok {
			return nil, false
		}
		return f.at(steps[1:])
	case table:
		return s.elem, true // the names of engines may hold dots
	case list:
		return s.elem.at(steps[1:])
	}
	return nil, false
}

// Key is the path of a setting, for [Loaded.Set], and what it may be set to.
type Key struct {
	Path string
	// Values are those to choose from, none where any number or text is taken.
	Values []string
}

// Keys lists the settings in the order of the format's documentation. A list of
// sections has the settings of its first entry, and what each engine has its
// own of a setting for each kind.
func Keys() []Key { return root.keys(nil, "") }

func (s *spec) keys(all []Key, path string) []Key {
	switch {
	case s.form == section:
		for _, f := range s.fields {
			all = f.keys(all, join(path, f.name))
		}
	case s.form == table:
		for _, kind := range kindNames() {
			all = s.elem.keys(all, join(path, kind))
		}
	case s.form == list && s.elem.form == section:
		all = s.elem.keys(all, fmt.Sprintf("%s[0]", path))
	case s.form == truth:
		all = append(all, Key{Path: path, Values: []string{"true", "false"}})
	case s.form == text:
		all = append(all, Key{Path: path, Values: s.enum})
	default:
		all = append(all, Key{Path: path})
	}
	return all
}

// CutSetting splits path=value as a flag has it; ok is false where there is no
// path or no equals sign.
func CutSetting(setting string) (path, value string, ok bool) {
	path, value, ok = strings.Cut(setting, "=")
	return strings.TrimSpace(path), value, ok && strings.TrimSpace(path) != ""
}
