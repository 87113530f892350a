package cluster

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
)

func TestCertificatesAreLookedAtWithoutBeingTrusted(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	end := server.Certificate().NotAfter
	named := func(url, address string) discover.Found {
		return discover.Found{Way: discover.Way{URL: url, Address: address}}
	}
	got := certificates(t.Context(), []discover.Found{
		named(server.URL, ""),
		named("https://vllm.apps.example.test", server.Listener.Addr().String()),
		named("http://plain.example.test", ""),
		named("https://127.0.0.1:1", ""),
		named("", ""),
	})
	if len(got) != 2 || !got[server.Listener.Addr().String()].Equal(end) || !got["vllm.apps.example.test"].Equal(end) {
		t.Errorf("%v, want two that end at %s", got, end)
	}
}
