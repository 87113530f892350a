package story

// Story is a report as a sequence of sections, the answer first.
type Story struct {
	Title string
	// Subtitle says when the run was, how long it took and where.
	Subtitle string
	// Banners say what the reader must know before any number: simulated,
	// partial, client-bound, TLS that was not verified.
	Banners  []Callout
	Sections []Section
}

// Section is a chapter of the report under a heading of its own.
type Section struct {
	// ID is unique in the story and made of a-z, 0-9 and hyphens.
	ID    string
	Title string
	// Scenario is the scenario that the whole section is about, "" otherwise.
	Scenario string
	Blocks   []Block
}

// The IDs of the sections that have the same one in every report.
const (
	SectionSummary     = "summary"
	SectionVerdict     = "verdict"
	SectionTargets     = "targets"
	SectionCharts      = "charts"
	SectionCapacity    = "capacity"
	SectionFairness    = "fairness"
	SectionFindings    = "findings"
	SectionEnvironment = "environment"
	SectionMethod      = "method"
	SectionFiles       = "files"
)

// Section finds a section by its ID; nil where the story has none.
func (s *Story) Section(id string) *Section {
	for i := range s.Sections {
		if s.Sections[i].ID == id {
			return &s.Sections[i]
		}
	}
	return nil
}
