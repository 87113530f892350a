package fleet

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Plan is all that a worker has to know, and all that a caller needs to go on
// with a run that another one began. It holds no credentials.
type Plan struct {
	// Run is the run as it begins; Run.Config is the configuration in force.
	Run record.Run `json:"run"`
	// Workers is how many there are.
	Workers int      `json:"workers"`
	Engines []Engine `json:"engines"`
	// CAPEM and Insecure say whose certificates are believed of engines.
	CAPEM    []byte `json:"ca_pem,omitempty"`
	Insecure bool   `json:"insecure,omitempty"`
	// MaxErrorRate is the share of failures that a worker bears, 0 for any.
	MaxErrorRate float64 `json:"max_error_rate,omitempty"`
	// Files are those that the configuration names, by the name it uses.
	Files map[string][]byte `json:"files,omitempty"`
}

// Engine is how a worker reaches an engine.
type Engine struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	URL   string `json:"url"`
	Via   string `json:"via"`
	Model string `json:"model,omitempty"`
	API   string `json:"api,omitempty"`
	// TokenEnv is the environment variable with its token, "" without one.
	TokenEnv string `json:"token_env,omitempty"`
	// Info is what is known of it already.
	Info record.EngineInfo `json:"info"`
}

// maxPlan is how large a plan may be, in bytes: a ConfigMap holds 1 MiB in all
// (https://kubernetes.io/docs/concepts/configuration/configmap/).
const maxPlan = 1<<20 - 8<<10

// maxPlanJSON bounds what a plan may inflate to, in bytes.
const maxPlanJSON = 256 << 20

// Encode packs the plan for a ConfigMap.
func (p Plan) Encode() ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode the plan: %w", err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err = z.Write(plain)
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("pack the plan: %w", err)
	}
	if b.Len() > maxPlan {
		return nil, fmt.Errorf("the plan has %d bytes and a ConfigMap holds %d: use a shorter prompt file or trace, or prompts that are made up (prompts.source: synthetic)", b.Len(), maxPlan)
	}
	return b.Bytes(), nil
}

// DecodePlan reads what Encode wrote. A plan of another schema version is
// refused.
func DecodePlan(data []byte) (p Plan, err error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return p, fmt.Errorf("unpack the plan: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxPlanJSON))
	if err != nil {
		return p, fmt.Errorf("unpack the plan: %w", err)
	}
	if err := json.Unmarshal(plain, &p); err != nil {
		return p, fmt.Errorf("read the plan: %w", err)
	}
	if v := p.Run.SchemaVersion; v != record.SchemaVersion {
		return p, fmt.Errorf("the plan has schema_version %q and this program reads %q: let workers run the version of the caller (--worker-image)", v, record.SchemaVersion)
	}
	if p.Workers < 1 {
		return p, fmt.Errorf("the plan is for %d workers", p.Workers)
	}
	return p, nil
}
