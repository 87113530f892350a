{{- define "tgi.settings" -}}
{{- $engine := .Values.engine -}}
# The image's own port 80 is not for a user without privileges.
port: 8080
probe: /health
args:
  - --model-id={{ .Values.model.id }}
  {{- with .Values.model.revision }}
  - --revision={{ . }}
  {{- end }}
  # Else it would be the pod's name, from the variable HOSTNAME.
  - --hostname=0.0.0.0
  - --port=8080
  - --dtype={{ .Values.model.dtype }}
  - --max-input-tokens={{ sub (int $engine.maxModelLen) 1 }}
  - --max-total-tokens={{ int $engine.maxModelLen }}
  - --max-batch-size={{ int $engine.maxNumSeqs }}
  - --max-concurrent-requests={{ int $engine.maxConcurrentRequests }}
  - --cuda-memory-fraction={{ $engine.gpuMemoryUtilization }}
  {{- if gt (int .Values.gpu.count) 1 }}
  - --num-shard={{ int .Values.gpu.count }}
  {{- end }}
  - --usage-stats=off
  - --json-output
simulator:
  - --context-length={{ int $engine.maxModelLen }}
  - --slots={{ int $engine.maxNumSeqs }}
  - --queue-limit={{ int $engine.maxConcurrentRequests }}
{{- end }}

{{- define "tgi.env" -}}
- name: HF_HOME
  value: /cache/huggingface
# The image sets the older name too, which counts for more.
- name: HUGGINGFACE_HUB_CACHE
  value: /cache/huggingface/hub
- name: USER
  value: tgi
- name: NUMBA_CACHE_DIR
  value: /tmp/numba
{{- end }}
