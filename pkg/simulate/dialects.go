package simulate

// dialects is the table of engines: a row each.
var dialects = map[string]dialect{
	"vllm":   vllmDialect,
	"tgi":    tgiDialect,
	"ollama": ollamaDialect,
}
