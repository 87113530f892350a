package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// modelList is the body of /v1/models. Beyond OpenAI's fields it reads vLLM's
// root and max_model_len and llama.cpp's meta.
type modelList struct {
	Data []servedModel `json:"data"`
}

type servedModel struct {
	ID          string `json:"id"`
	OwnedBy     string `json:"owned_by"`
	Root        string `json:"root"`
	MaxModelLen int    `json:"max_model_len"`
	Meta        struct {
		// ContextSize is the context the server was started with.
		ContextSize int    `json:"n_ctx"`
		FileType    string `json:"ftype"`
	} `json:"meta"`
}

func (l modelList) models() []Model {
	models := make([]Model, 0, len(l.Data))
	for _, m := range l.Data {
		model := Model{Name: m.ID, DtypeOrQuantisation: m.Meta.FileType, ContextLength: max(m.MaxModelLen, m.Meta.ContextSize, 0)}
		if m.Root != m.ID {
			model.Root = m.Root
		}
		models = append(models, model)
	}
	return models
}

// servedModels reads /v1/models. ok is false where the endpoint has no such
// list. A 401, 403 or 5xx is an error, because behind it may stand any engine.
func servedModels(ctx context.Context, g Getter) (list modelList, ok bool, err error) {
	const path = "/v1/models"
	status, body, err := get(ctx, g, path)
	switch {
	case err != nil:
		return modelList{}, false, err
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return modelList{}, false, fmt.Errorf("%s answered HTTP %d (%s): %w; give it with --engine-token-file", path, status, bodyMessage(body).Message, ErrUnauthorized)
	case status >= http.StatusInternalServerError:
		return modelList{}, false, fmt.Errorf("%s answered HTTP %d (%s): %w; wait until it has loaded its model", path, status, bodyMessage(body).Message, ErrNotReady)
	case status != http.StatusOK:
		return modelList{}, false, nil
	}
	var doc struct {
		Data *[]servedModel `json:"data"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Data == nil {
		return modelList{}, false, nil
	}
	return modelList{Data: *doc.Data}, true, nil
}
