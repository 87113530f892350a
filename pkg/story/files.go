package story

// files are the run's own, so that a reader can check every number of the report.
func files() []Block {
	return []Block{
		Paragraph{"Every number above is made from these files of the run’s directory."},
		Links{Items: []Link{
			{"raw/run.json", "what was intended, where, by what program, with which configuration"},
			{"raw/samples.jsonl", "one request a line, as it ended"},
			{"raw/blocks.jsonl", "one stretch of a scenario against one engine: its window, its gaps, the client’s health"},
			{"processed/summary.json", "what it all amounts to"},
			{"processed/summary.csv", "the same for a spreadsheet"},
		}},
	}
}
