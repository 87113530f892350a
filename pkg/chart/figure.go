package chart

// Figure is one picture: a title and one panel or more.
type Figure struct {
	// ID names its file and its place in the page, as in ttft or load-heavy.
	ID string `json:"id"`
	// Kind is one of the Figure kinds.
	Kind string `json:"kind"`
	// Scenario is the scenario it is about, "" where it is about the run.
	Scenario string `json:"scenario,omitempty"`
	Title    string `json:"title"`
	// Subtitle says under which conditions the numbers were measured.
	Subtitle string `json:"subtitle,omitempty"`
	// Engines are all engines of the run. The place of one is the argument of
	// [Colour], so that it looks alike in every figure.
	Engines []string `json:"engines,omitempty"`
	// Note says in a sentence what to look for or what is missing.
	Note   string  `json:"note,omitempty"`
	Panels []Panel `json:"panels"`
}

// The kinds of figure.
const (
	KindTTFT      = "ttft"
	KindDashboard = "dashboard"
	KindRadar     = "radar"
	KindCDF       = "cdf"
	KindGoodput   = "goodput"
	KindTimeline  = "timeline"
)

// Panel is one coordinate system. What it holds decides how it is drawn: boxes
// and bars stand over the categories of X, lines over its numbers; a radar has
// Spokes in place of axes.
type Panel struct {
	Title string `json:"title,omitempty"`
	X     Axis   `json:"x"`
	Y     Axis   `json:"y"`
	Boxes []Box  `json:"boxes,omitempty"`
	Bars  []Bar  `json:"bars,omitempty"`
	Lines []Line `json:"lines,omitempty"`
	// Marks are horizontal lines, such as a target.
	Marks []Mark `json:"marks,omitempty"`
	// Spokes are the axes of a radar, 0..100; Blades its engines.
	Spokes []string `json:"spokes,omitempty"`
	Blades []Blade  `json:"blades,omitempty"`
	// Empty says why there is nothing to draw.
	Empty string `json:"empty,omitempty"`
}

// Axis is one axis of a panel.
type Axis struct {
	Label string `json:"label"`
	// Unit stands behind numbers: ms, tokens/s.
	Unit string `json:"unit,omitempty"`
	Log  bool   `json:"log,omitempty"`
	// Categories are the places of boxes and bars, in order.
	Categories []string `json:"categories,omitempty"`
}

// Box is a box plot of one engine's sample at one category.
type Box struct {
	Engine   string `json:"engine"`
	Category string `json:"category"`
	N        int    `json:"n"`
	// Low and High are the ends of the whiskers: the furthest values within 1.5
	// times the box's height of it (Tukey).
	Low    float64 `json:"low"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	High   float64 `json:"high"`
	// Outliers are the values beyond the whiskers in ascending order, of very
	// many an even choice that holds the smallest and the largest.
	Outliers []float64 `json:"outliers,omitempty"`
	// MedianCI is the median's confidence interval. It is nil where the sample
	// is too small to say one, and Median should not be printed then.
	MedianCI *[2]float64 `json:"median_ci,omitempty"`
}

// Bar is one engine's number at one category.
type Bar struct {
	Engine   string  `json:"engine"`
	Category string  `json:"category"`
	Value    float64 `json:"value"`
	// CI is the number's confidence interval, nil where there is none.
	CI *[2]float64 `json:"ci,omitempty"`
}

// Line is a curve of one engine. An engine that was measured in several
// stretches of time has a line for each.
type Line struct {
	Engine string `json:"engine"`
	// Name tells the curves of one engine apart: p50, p95.
	Name   string `json:"name,omitempty"`
	Dashed bool   `json:"dashed,omitempty"`
	// Step says that a value holds until the next point.
	Step   bool    `json:"step,omitempty"`
	Points []Point `json:"points"`
}

// Point is a place on a curve, X and Y in the units of the panel's axes.
type Point [2]float64

// Mark is a horizontal line across a panel.
type Mark struct {
	Y     float64 `json:"y"`
	Label string  `json:"label"`
}

// Blade is one engine in a radar, a score 0..100 for each spoke, NaN-free:
// a score that is not known is -1.
type Blade struct {
	Engine string    `json:"engine"`
	Scores []float64 `json:"scores"`
}

// Values gives the numbers of single requests: summary.Aggregator.Values.
type Values func(scenario, engine, metric string) []float64
