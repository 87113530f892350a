package discover

import (
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// Likely names the engines that an inventory plainly shows, as Find would name
// them, without asking any: for those who cannot wait. What only an answer would
// tell, an engine behind a label or a port alone, is left out.
func Likely(inventory *kube.Inventory, keep labels.Selector) []string {
	var engines []Found
	ix := newIndex(inventory)
	for _, c := range recognise(ix, keep) {
		if c.kind == "" || c.level != strong {
			continue
		}
		if found, _ := settle(ix, c); found != nil {
			engines = append(engines, *found)
		}
	}
	nameAll(engines)
	var names []string
	for _, e := range engines {
		names = append(names, e.Engine)
	}
	return names
}
