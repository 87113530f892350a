package story

// Block is one part of a section: a Heading, Paragraph, Callout, Table,
// FigureRef, List, Definitions or Links.
type Block interface{ block() }

// Tone says whether a text is good news or bad. A renderer must show it by more
// than colour; the text itself always says it too.
type Tone string

// The tones of a text; most have none.
const (
	Plain   Tone = ""
	Good    Tone = "good"
	Caution Tone = "caution"
	Bad     Tone = "bad"
	// Quiet is for what is there for completeness.
	Quiet Tone = "quiet"
)

// Heading begins a part of a section.
type Heading struct{ Text string }

// Paragraph is running text.
type Paragraph struct{ Text string }

// Callout is a statement that stands out from the text.
type Callout struct {
	// Tone is the callout's severity: Good, Caution, Bad, or Plain for news.
	Tone   Tone
	Title  string
	Text   string
	Remedy string
	// Engine and Scenario are what it is about, "" where it is about all.
	Engine, Scenario string
}

// Table is a table with a caption.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
	// Note explains marks that its cells use, "" where they need no explanation.
	Note string
}

// Column is the head of a table's column.
type Column struct {
	Title string
	// Unit is of every number below it: ms, requests/s.
	Unit string
	// Number columns are aligned right.
	Number bool
	// Percentile is p50, p90, p95, p99 or p99_9 where the column holds one.
	Percentile string
	// Engine is the one engine that the column is about, "" otherwise.
	Engine string
}

// Row is one line of a table.
type Row struct {
	// Engine and Scenario are what the row is about, "" where it is about all.
	Engine, Scenario string
	Cells            []Cell
}

// Cell is one value of a table, formatted.
type Cell struct {
	Text string
	// Detail is smaller print below Text: an interval, a reason.
	Detail string
	Tone   Tone
	// Missing says that there is no value; Text then marks it, and says what it
	// would take where that is known.
	Missing bool
}

// FigureRef stands where a figure is drawn.
type FigureRef struct {
	// ID is that of the chart.Figure, Scenario what it is about or "".
	ID, Scenario string
	Title        string
	// Subtitle names the conditions, Note what to look for.
	Subtitle, Note string
	// Tables hold what the figure shows, for those who cannot see it or want the
	// numbers.
	Tables []Table
}

// List is a sequence of statements.
type List struct {
	// Ordered lists are to be followed in their order.
	Ordered bool
	Items   []Item
}

// Item is one statement of a list.
type Item struct {
	Text string
	// Label is a word or two before Text: met, missed.
	Label string
	// Detail is smaller print after Text.
	Detail           string
	Tone             Tone
	Engine, Scenario string
}

// Definitions say what terms mean.
type Definitions struct{ Terms []Term }

// Term is one term and its meaning.
type Term struct{ Name, Text string }

// Links lead to files of the same run directory.
type Links struct{ Items []Link }

// Link is a file, by its path relative to the run's directory.
type Link struct{ Path, Text string }

func (Heading) block()     {}
func (Paragraph) block()   {}
func (Callout) block()     {}
func (Table) block()       {}
func (FigureRef) block()   {}
func (List) block()        {}
func (Definitions) block() {}
func (Links) block()       {}
