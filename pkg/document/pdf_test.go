package document

import (
	"bytes"
	"os"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

func printed(t *testing.T, s record.Summary, figures []chart.Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, s, story.Tell(s, figures), figures); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLook(t *testing.T) {
	s, figures := sample(t)
	b := printed(t, s, figures)
	_ = os.WriteFile("/tmp/pdf-look/report.pdf", b, 0o600)
}
