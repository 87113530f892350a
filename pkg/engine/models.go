package engine

import "context"

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
// list; the errors are those of document.
func servedModels(ctx context.Context, g Getter) (list modelList, ok bool, err error) {
	var doc struct {
		Data *[]servedModel `json:"data"`
	}
	ok, err = document(ctx, g, "/v1/models", &doc)
	if err != nil || !ok || doc.Data == nil {
		return modelList{}, false, err
	}
	return modelList{Data: *doc.Data}, true, nil
}
