package bench

// panics lets a panic go on once OnPanic has been told. It is for defer.
func (r *runner) panics() {
	if r.OnPanic == nil {
		return
	}
	if p := recover(); p != nil {
		r.OnPanic()
		panic(p)
	}
}
