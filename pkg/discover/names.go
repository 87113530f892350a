package discover

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// nameAll puts engines in order and names them: after their kind, and where
// several of a kind run after their Service too, so that the name stays the
// same whatever else is found beside them.
func nameAll(engines []Found) {
	slices.SortStableFunc(engines, func(a, b Found) int {
		return cmp.Or(kindOrder(a.Kind)-kindOrder(b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	ofKind, ofName := map[string]int{}, map[string]int{}
	for _, e := range engines {
		ofKind[e.Kind]++
		ofName[shortName(e)]++
	}
	taken := map[string]int{}
	for i := range engines {
		e := &engines[i]
		switch {
		case ofKind[e.Kind] == 1:
			e.Engine = e.Kind
		case ofName[shortName(*e)] == 1:
			e.Engine = shortName(*e)
		default:
			e.Engine = e.Kind + "-" + e.Namespace + "-" + e.Name
		}
		if taken[e.Engine]++; taken[e.Engine] > 1 { // two ports of one Service
			e.Engine = numbered(e.Engine, taken)
		}
		e.Info.Engine = e.Engine
		for j := range e.Findings {
			e.Findings[j].Subject = e.Engine
		}
	}
}

// shortName is an engine's name without its namespace. A Service that is
// called as its kind says nothing more, so its namespace stands for it.
func shortName(e Found) string {
	if e.Name == e.Kind {
		return e.Kind + "-" + e.Namespace
	}
	return e.Kind + "-" + strings.TrimPrefix(e.Name, e.Kind+"-")
}

// numbered is the first name with a number behind it that is free.
func numbered(name string, taken map[string]int) string {
	for n := 2; ; n++ {
		if next := name + "-" + strconv.Itoa(n); taken[next] == 0 {
			taken[next]++
			return next
		}
	}
}
