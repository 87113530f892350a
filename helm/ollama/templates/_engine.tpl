{{- define "ollama.settings" -}}
{{- $engine := .Values.engine -}}
port: 11434
probe: /api/version
args: [serve]
simulator:
  - --context-length={{ int $engine.maxModelLen }}
  - --slots={{ int $engine.numParallel }}
  - --queue-limit={{ int $engine.maxQueue }}
{{- if .Values.model.pull }}
initContainers:
  {{- include "ollama.pull" . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "ollama.env" -}}
- name: OLLAMA_HOST
  value: 0.0.0.0:11434
- name: OLLAMA_MODELS
  value: /cache/models
- name: OLLAMA_CONTEXT_LENGTH
  value: {{ int .Values.engine.maxModelLen | quote }}
- name: OLLAMA_NUM_PARALLEL
  value: {{ int .Values.engine.numParallel | quote }}
- name: OLLAMA_MAX_QUEUE
  value: {{ int .Values.engine.maxQueue | quote }}
- name: OLLAMA_KEEP_ALIVE
  value: {{ .Values.engine.keepAlive | quote }}
{{- end }}

{{/*
Ollama fetches no model by itself. A server for the time of the fetch does it, and
leaves the model in the cache for the engine.
*/}}
{{- define "ollama.pull" -}}
- name: pull
  image: {{ include "llmbench.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [/bin/sh, -euc]
  args:
    - |
      ollama serve &
      until ollama list >/dev/null 2>&1; do kill -0 $!; sleep 1; done
      ollama show "$MODEL" >/dev/null 2>&1 || ollama pull "$MODEL"
  env:
    - name: MODEL
      value: {{ .Values.model.id | quote }}
    {{- include "llmbench.env" . | nindent 4 }}
  resources:
    requests: {cpu: "1", memory: 2Gi}
    limits: {cpu: "1", memory: 2Gi}
  securityContext:
    {{- toYaml .Values.containerSecurityContext | nindent 4 }}
  volumeMounts:
    {{- include "llmbench.volumeMounts" . | nindent 4 }}
{{- end }}
