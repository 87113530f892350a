{{/* Where pods may run: away from the other engines, on nodes as chosen. */}}
{{- define "llmbench.placement" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or .Values.nodeAffinity (ne .Values.antiAffinity.mode "none") }}
affinity:
  {{- with .Values.nodeAffinity }}
  nodeAffinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if eq .Values.antiAffinity.mode "required" }}
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - {{ include "llmbench.antiAffinityTerm" . | nindent 8 | trim }}
  {{- else if eq .Values.antiAffinity.mode "preferred" }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          {{- include "llmbench.antiAffinityTerm" . | nindent 10 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "llmbench.antiAffinityTerm" -}}
topologyKey: {{ .Values.antiAffinity.topologyKey }}
{{- if .Values.antiAffinity.allNamespaces }}
namespaceSelector: {}
{{- end }}
labelSelector:
  matchExpressions:
    - key: llmbench.io/engine
      operator: In
      values:
        {{- toYaml .Values.antiAffinity.engines | nindent 8 }}
{{- end }}
