{{- define "vllm.settings" -}}
{{- $engine := .Values.engine -}}
port: 8000
probe: /health
command: [vllm, serve]
args:
  - {{ .Values.model.id | quote }}
  {{- with .Values.model.revision }}
  - --revision={{ . }}
  {{- end }}
  - --port=8000
  - --dtype={{ .Values.model.dtype }}
  - --max-model-len={{ int $engine.maxModelLen }}
  - --max-num-seqs={{ int $engine.maxNumSeqs }}
  - --gpu-memory-utilization={{ $engine.gpuMemoryUtilization }}
  {{- if gt (int .Values.gpu.count) 1 }}
  - --tensor-parallel-size={{ int .Values.gpu.count }}
  {{- end }}
simulator:
  - --context-length={{ int $engine.maxModelLen }}
  - --slots={{ int $engine.maxNumSeqs }}
{{- end }}

{{- define "vllm.env" -}}
- name: HF_HOME
  value: /cache/huggingface
# PyTorch asks for the user's name, which one without an entry in /etc/passwd lacks.
- name: USER
  value: vllm
- name: VLLM_NO_USAGE_STATS
  value: "1"
{{- end }}
