package prompt

import "strings"

// Calibrates says whether the source aims at lengths, for which it needs a
// ruler of each engine.
func (s *Source) Calibrates() bool { return s.synthetic != nil || s.dialogues != nil }

// usualAim stands for the length of prompts that are only ever Sized.
const usualAim = 512

// Aim is the mean length of the prompts in tokens, 0 where none is aimed at.
func (s *Source) Aim() float64 {
	switch {
	case s.synthetic == nil:
		return 0
	case s.synthetic.Input.IsZero():
		return usualAim
	}
	return s.synthetic.Input.Mean()
}

// checks is how many prompts of the source itself correct a ruler.
const checks = 4

// Calibrate measures an engine's ruler. cheap says that counting costs little,
// as where the engine has a route for it; then it is done word by word. At the
// end the source's own prompts correct what the ruler predicts for them.
func (s *Source) Calibrate(count Counter, cheap bool) (*Ruler, error) {
	if s.synthetic == nil {
		return s.prose(count)
	}
	learn := measure
	if !cheap {
		learn = func(count Counter) (*Ruler, error) { return fit(count, int(s.Aim()), s.nonce) }
	}
	r, err := learn(count)
	if err != nil {
		return nil, err
	}
	return r, r.Correct(s, checks, count)
}

// Correct shifts a ruler by what it is off, on the mean, on so many prompts of
// a synthetic source. They have its mean length, but are no longer than a trial
// request may cost.
func (r *Ruler) Correct(s *Source, prompts int, count Counter) error {
	if s.synthetic == nil {
		return nil
	}
	under := s.Scope("calibrate").Under(r)
	under.opts.PrefixCache = Bust // some engines do not count what they have in their cache
	aim := max(int(min(s.Aim(), mostWords)), int(r.Overhead)+fewWords+s.synthetic.SharedPrefix)
	texts := make([]string, 0, prompts)
	for seq := range prompts {
		texts = append(texts, under.Sized(uint64(seq), aim, 0).Text) //nolint:gosec // counts from 0
	}
	counts, err := count(texts)
	if err != nil {
		return err
	}
	off := 0.0
	for i, text := range texts {
		off += float64(counts[i]) - r.predict(text)
	}
	r.Overhead += off / float64(prompts)
	return nil
}

// predict is what the ruler makes of a synthetic prompt's text.
func (r *Ruler) predict(text string) float64 {
	sum := r.Overhead
	for _, word := range strings.Fields(text)[1:] { // after the lead
		sum += r.cost(places()[word])
	}
	return sum
}

// proseBytes bounds the texts by which prose is measured.
const proseBytes = 2000

// prose measures how many tokens a byte of the dialogues' own text counts: two
// texts count more by themselves than in one by what is around every text.
func (s *Source) prose(count Counter) (*Ruler, error) {
	var halves [2]string
	for i, p := range s.prompts {
		if h := &halves[i%2]; len(*h) < proseBytes {
			*h += p.Text[:min(len(p.Text), proseBytes-len(*h))] + "\n"
		}
	}
	for i, h := range halves {
		halves[i] = strings.ToValidUTF8(h, "")
	}
	once, twice := halves[0]+halves[1], halves[1]+halves[0]+halves[1]+halves[0] // neither begins as the other
	counts, err := count([]string{once, twice})
	if err != nil {
		return nil, err
	}
	r := *guess
	r.Prose = float64(counts[1]-counts[0]) / float64(len(once))
	if r.Prose <= 0 {
		return nil, ErrUncalibrated
	}
	return &r, nil
}
