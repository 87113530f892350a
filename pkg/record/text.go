package record

// Text is what was asked in one request and what came of it, a line of
// raw/texts.jsonl. It is kept only where a run was told to, with --record-text.
type Text struct {
	// RequestID is that of the request's sample.
	RequestID string `json:"request_id"`
	Engine    string `json:"engine"`
	Scenario  string `json:"scenario"`
	// Prompt is what was sent, a conversation's earlier turns included.
	Prompt []TextMessage `json:"prompt"`
	// Reasoning and Answer are the text as far as it came, also of a request that
	// failed.
	Reasoning string `json:"reasoning,omitempty"`
	Answer    string `json:"answer"`
	// Cut says that more came than is kept of one answer.
	Cut bool `json:"cut,omitempty"`
}

// TextMessage is one turn of what was sent.
type TextMessage struct {
	// Role is system, user or assistant.
	Role    string `json:"role"`
	Content string `json:"content"`
}
