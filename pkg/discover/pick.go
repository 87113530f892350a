package discover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

// Pick keeps the engines that --services asks for, in the order asked for: by
// name, by kind, or as name=service and name=namespace/service, which gives
// that Service's engine the name. The error of one that is not there names
// those that are.
func Pick(engines []Found, wanted []string) ([]Found, error) {
	if len(wanted) == 0 {
		return engines, nil
	}
	p := picking{engines: engines, as: map[int]string{}}
	for _, w := range wanted {
		if err := p.want(w); err != nil {
			return nil, err
		}
	}
	var kept []Found
	seen := map[string]string{}
	for _, i := range p.order {
		e := engines[i]
		if name := p.as[i]; name != "" {
			e.Engine, e.Info.Engine = name, name
		}
		if other, twice := seen[e.Engine]; twice {
			return nil, fmt.Errorf("the engines of %s and %s/%s would both be called %s: give one another name, as %s-2=%s/%s",
				other, e.Namespace, e.Name, e.Engine, e.Kind, e.Namespace, e.Name)
		}
		seen[e.Engine] = e.Namespace + "/" + e.Name
		kept = append(kept, e)
	}
	return kept, nil
}

type picking struct {
	engines []Found
	order   []int
	as      map[int]string // the names given
}

func (p *picking) add(i int) {
	if !slices.Contains(p.order, i) {
		p.order = append(p.order, i)
	}
}

func (p *picking) want(w string) error {
	if name, service, ok := strings.Cut(w, "="); ok {
		return p.wantService(name, service)
	}
	if i := slices.IndexFunc(p.engines, func(e Found) bool { return e.Engine == w }); i >= 0 {
		p.add(i)
		return nil
	}
	found := false
	for i, e := range p.engines {
		if e.Kind == w {
			p.add(i)
			found = true
		}
	}
	if !found {
		return fmt.Errorf("no engine is called %q: there %s", w, p.all())
	}
	return nil
}

func (p *picking) wantService(name, service string) error {
	kind, ok := config.EngineKind(name)
	if !ok {
		return fmt.Errorf("%s=%s: an engine's name is its kind, or the kind with a dash and a name behind it, as vllm-large", name, service)
	}
	namespace, short, qualified := strings.Cut(service, "/")
	if !qualified {
		namespace, short = "", service
	}
	var matched []int
	for i, e := range p.engines {
		if (namespace == "" || e.Namespace == namespace) && (e.Name == short || slices.Contains(e.Services, short)) {
			matched = append(matched, i)
		}
	}
	matched = p.ofKind(matched, kind)
	switch {
	case len(matched) == 0:
		return fmt.Errorf("%s=%s: no engine is behind that Service: there %s", name, service, p.all())
	case len(matched) > 1:
		return fmt.Errorf("%s=%s: several are behind Services of that name: name the namespace too, as %s=%s/%s", name, service, name, p.engines[matched[0]].Namespace, short)
	}
	e := p.engines[matched[0]]
	if e.Kind != kind {
		return fmt.Errorf("%s=%s: that engine answers as %s: call it %s, or %s-…", name, service, e.Kind, e.Kind, e.Kind)
	}
	p.add(matched[0])
	p.as[matched[0]] = name
	return nil
}

// ofKind keeps the matches of a kind where there are any.
func (p *picking) ofKind(matched []int, kind string) []int {
	var kept []int
	for _, i := range matched {
		if p.engines[i].Kind == kind {
			kept = append(kept, i)
		}
	}
	if len(kept) > 0 {
		return kept
	}
	return matched
}

// all lists what there is, for an error.
func (p *picking) all() string {
	if len(p.engines) == 0 {
		return "is none"
	}
	names := make([]string, 0, len(p.engines))
	for _, e := range p.engines {
		names = append(names, fmt.Sprintf("%s (%s/%s)", e.Engine, e.Namespace, e.Name))
	}
	if len(names) == 1 {
		return "is " + names[0]
	}
	return "are " + strings.Join(names, ", ")
}
