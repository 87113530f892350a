package verdict
func (j judgement) untilConfident() bool { return false }
