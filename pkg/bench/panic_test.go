package bench

import "testing"

func TestAPanicGoesOnOnceTheTerminalIsBack(t *testing.T) {
	told := false
	r := newRunner(Options{OnPanic: func() { told = true }})
	defer func() {
		if p := recover(); p != "broken" || !told {
			t.Errorf("panic %v, told %t", p, told)
		}
	}()
	defer r.panics()
	panic("broken")
}
