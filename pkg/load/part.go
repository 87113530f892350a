package load

import "fmt"

// Part is the share of a load that one of several clients carries. All of them
// run the same load with parts that differ in Index alone, and together they
// send what one client would have sent: of an open loop request k goes to client
// k mod Of, so that the union of their arrivals is the same sequence whatever Of
// is, and of a closed loop user u belongs to client u mod Of, and thinks as
// before. The zero value is the whole.
type Part struct{ Index, Of int }

// Validate refuses a part that is none of the whole.
func (p Part) Validate() error {
	if p != (Part{}) && (p.Of < 1 || p.Index < 0 || p.Index >= p.Of) {
		return fmt.Errorf("part %d of %d of a load: want one of 0 to %d", p.Index, p.Of, p.Of-1)
	}
	return nil
}

// Shared says that others carry the rest.
func (p Part) Shared() bool { return p.Of > 1 }

// Has says whether the request, or the user, with a number belongs to the part.
func (p Part) Has(n int64) bool { return !p.Shared() || n%int64(p.Of) == int64(p.Index) }

// Share divides n things with remainder: the first parts have one more.
func (p Part) Share(n int) int {
	if !p.Shared() {
		return n
	}
	share := n / p.Of
	if p.Index < n%p.Of {
		share++
	}
	return share
}

// seq numbers a part's own n-th request so that no other part has the number.
func (p Part) seq(n int64) int64 {
	if !p.Shared() {
		return n
	}
	return n*int64(p.Of) + int64(p.Index)
}
