{{/*
Names and labels. Every template of this library takes the scope of an engine's
chart with the key "engine" added: vllm, tgi or ollama. An umbrella chart may
hold all three, or one under an alias, so that the chart's name does not say it.
*/}}

{{- define "llmbench.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "llmbench.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "llmbench.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "llmbench.selectorLabels" -}}
app.kubernetes.io/name: {{ .engine }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* What pods have, and what anti-affinity and people select them by. */}}
{{- define "llmbench.podLabels" -}}
{{ include "llmbench.selectorLabels" . }}
app.kubernetes.io/component: inference
app.kubernetes.io/part-of: llmbench
llmbench.io/engine: {{ .engine }}
llmbench.io/simulated: {{ .Values.simulator.enabled | quote }}
{{- end }}

{{- define "llmbench.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "llmbench.podLabels" . }}
{{- end }}

{{/* The metadata of an object whose name is the release's own. */}}
{{- define "llmbench.metadata" -}}
name: {{ include "llmbench.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "llmbench.labels" . | nindent 2 }}
{{- end }}

{{/* A reference to an image, pinned by its digest where one is given. */}}
{{- define "llmbench.imageReference" -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag }}
{{- end -}}
{{- end }}

{{- define "llmbench.image" -}}
{{- if .Values.simulator.enabled -}}
{{- $image := .Values.simulator.image -}}
{{- include "llmbench.imageReference" (dict "repository" $image.repository "digest" $image.digest "tag" ($image.tag | default .Chart.AppVersion)) -}}
{{- else -}}
{{- include "llmbench.imageReference" .Values.image -}}
{{- end -}}
{{- end }}
