package bench

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// explain ends a failed sample's message with what to do about it.
func explain(s *record.Sample, t *Target) {
	if s.Error == nil {
		return
	}
	s.Error.Message = t.hide(s.Error.Message)
	if advice := remedy(s.Status, s.Error.HTTPStatus, t); advice != "" {
		s.Error.Message = strings.TrimSuffix(s.Error.Message, ".") + "; " + advice
	}
}

// apart takes what explain has put together apart again, for a finding. Where to
// read more about the class stands there and in the closing tables, and not with
// every request.
func apart(s record.Sample, t *Target) (message, advice string) {
	if s.Error == nil {
		return "", record.WithHelp("", s.Status)
	}
	advice = remedy(s.Status, s.Error.HTTPStatus, t)
	return strings.TrimSuffix(s.Error.Message, "; "+advice), record.WithHelp(advice, s.Status)
}

// remedy is what a person can do about an error class.
func remedy(class record.Status, httpStatus int, t *Target) string {
	switch httpStatus {
	case 400, 422:
		return "the engine refuses the request itself: check its model's chat template (services.api can choose another form) and the generation settings"
	case 401, 403:
		return "pass the engine's token with --engine-token-file or LLMBENCH_ENGINE_TOKEN"
	case 404:
		return "check the URL's path and the model's name (--model " + t.Name + "=NAME)"
	case 413:
		return "the prompt is too large for the endpoint: use shorter prompts or raise its body limit"
	case 502:
		return "a proxy on the way got no answer from the engine: check that the engine runs and is ready, and its log"
	case 504:
		return "a proxy on the way waited for the engine as long as it may: raise its timeout (of a Route: haproxy.router.openshift.io/timeout), or lower the load"
	}
	return classRemedy(class, t)
}

func classRemedy(class record.Status, t *Target) string {
	switch class {
	case record.StatusRefused:
		return fmt.Sprintf("nothing listens at %s: check that the engine runs and the port is right", t.Base.Host)
	case record.StatusDNS:
		return fmt.Sprintf("check the host name %s, or pass the endpoint with --url", t.Base.Hostname())
	case record.StatusTLS:
		return "pass the certificate authority with --engine-ca-file, or check the host name in the URL"
	case record.StatusTimeoutConnect:
		return "check the route, firewalls and NetworkPolicies between here and the endpoint"
	case record.StatusTimeoutFirstToken:
		return "check the engine's queue and model load, or raise timeouts.first_token_seconds"
	case record.StatusTimeoutStall:
		return "check the engine's log for a stuck batch and proxies for read timeouts, or raise timeouts.stall_seconds"
	case record.StatusTimeoutTotal:
		return "ask for fewer tokens or raise timeouts.total_seconds"
	case record.StatusReset:
		return "check the engine for restarts (OOMKilled?) and proxies for idle timeouts"
	case record.StatusHTTP429:
		return "lower the load, raise the engine's limit, or allow retries"
	case record.StatusHTTP5xx, record.StatusErrorInStream:
		return "the engine's own log says more"
	case record.StatusOverloaded:
		return "lower the load or raise the engine's concurrency limit"
	case record.StatusTruncated:
		return "check proxies for timeouts and the engine for restarts; the text that came is not a whole answer"
	case record.StatusMalformed:
		return "check that the URL leads to the engine itself and that its kind is right"
	case record.StatusEmpty:
		return "check the prompt, the chat template and the token limit"
	}
	return ""
}
