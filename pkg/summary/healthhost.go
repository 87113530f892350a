package summary

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The limits past which the client's machine held it up.
const (
	// maxThrottledShare of the control group's periods may be cut short.
	maxThrottledShare = 0.05
	// maxFilesShare of the files that may be open leaves no connection to open.
	maxFilesShare = 0.9
)

// hostShares is what health needs of the machine beside ClientHealth.
type hostShares struct {
	// limit is the fewest processors the control group allowed, 0 for no limit.
	limit float64
	// files and fileLimit are of the block that came nearest to its limit.
	files, fileLimit int64
}

// processors is how many a client could use: a control group may allow it less
// than one, of which the runtime makes two.
func processors(u *record.ClientUsage) float64 {
	return min(float64(u.Cores), u.CPULimit.Or(float64(u.Cores)))
}

// hostUsage adds up what the blocks tell of the machine.
func (c *cell) hostUsage(h *record.ClientHealth) (shares hostShares) {
	var periods, throttled record.Int
	for _, b := range c.blocks {
		u := b.Client
		if u == nil {
			continue
		}
		periods, throttled = sumOf(periods, u.Periods), sumOf(throttled, u.ThrottledPeriods)
		h.Retransmits, h.ReceivePressure = sumOf(h.Retransmits, u.Retransmits), sumOf(h.ReceivePressure, u.ReceivePressure)
		h.OpenFiles, h.OpenSockets = mostOf(h.OpenFiles, u.OpenFiles), mostOf(h.OpenSockets, u.OpenSockets)
		if ms, known := u.ThrottledMS.Get(); known {
			h.ThrottledMS = record.Some(h.ThrottledMS.Or(0) + ms)
		}
		shares.note(u)
	}
	if all := periods.Or(0); all > 0 && throttled.Known() {
		h.ThrottledShare = record.Some(float64(throttled.Or(0)) / float64(all))
	} else if periods.Known() && throttled.Known() {
		h.ThrottledShare = record.Some(0.0)
	}
	return shares
}

func (s *hostShares) note(u *record.ClientUsage) {
	if limit, known := u.CPULimit.Get(); known && (s.limit == 0 || limit < s.limit) {
		s.limit = limit
	}
	files, limit := u.OpenFiles.Or(0), u.FileLimit.Or(0)
	if limit > 0 && (s.fileLimit == 0 || float64(files)/float64(limit) > float64(s.files)/float64(s.fileLimit)) {
		s.files, s.fileLimit = files, limit
	}
}

func (s hostShares) reasons(h *record.ClientHealth) (why []string) {
	if share := h.ThrottledShare.Or(0); share > maxThrottledShare {
		why = append(why, fmt.Sprintf("the client's control group was throttled in %.0f %% of its periods (limit %.0f %%): it may use %.3g processors", share*100, maxThrottledShare*100, s.limit))
	}
	if s.fileLimit > 0 && float64(s.files) > maxFilesShare*float64(s.fileLimit) {
		why = append(why, fmt.Sprintf("the client had %d of at most %d files and sockets open (limit %.0f %%)", s.files, s.fileLimit, maxFilesShare*100))
	}
	return why
}

func sumOf(a, b record.Int) record.Int {
	n, known := b.Get()
	if !known {
		return a
	}
	return record.Some(a.Or(0) + n)
}

func mostOf(a, b record.Int) record.Int {
	if b.Or(-1) > a.Or(-1) {
		return b
	}
	return a
}
