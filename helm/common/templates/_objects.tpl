{{/*
All objects of an engine. Its own part stands in two templates named after it:
ENGINE.settings (port, path of the probes, command, args, initContainers, and the
simulator's flags) and ENGINE.env.
*/}}
{{- define "llmbench.objects" -}}
{{- include "llmbench.validate" . -}}
{{- $objects := list
  (include "llmbench.serviceAccount" .)
  (include "llmbench.networkPolicy" .)
  (include "llmbench.podDisruptionBudget" .)
  (include "llmbench.persistentVolumeClaim" .)
  (include "llmbench.service" .)
  (include "llmbench.deployment" .)
  (include "llmbench.route" .)
  (include "llmbench.ingress" .)
  (include "llmbench.httpRoute" .)
  (include "llmbench.serviceMonitor" .) -}}
{{- range $objects }}
{{- with trim . }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "llmbench.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "llmbench.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "llmbench.labels" . | nindent 4 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- end }}

{{- define "llmbench.persistentVolumeClaim" -}}
{{- if eq (include "llmbench.ownClaim" .) "true" }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "llmbench.metadata" . | nindent 2 }}
spec:
  accessModes:
    {{- toYaml .Values.cache.accessModes | nindent 4 }}
  {{- with .Values.cache.storageClassName }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ .Values.cache.size }}
{{- end }}
{{- end }}

{{/* Whether the release brings a claim of its own. A simulator has no model to keep. */}}
{{- define "llmbench.ownClaim" -}}
{{- and .Values.cache.persistent (not .Values.cache.existingClaim) (not .Values.simulator.enabled) -}}
{{- end }}

{{- define "llmbench.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "llmbench.metadata" . | nindent 2 }}
  {{- with .Values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .Values.service.type }}
  selector:
    {{- include "llmbench.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
      appProtocol: http
{{- end }}

{{- define "llmbench.podDisruptionBudget" -}}
{{- if .Values.podDisruptionBudget.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "llmbench.metadata" . | nindent 2 }}
spec:
  minAvailable: {{ .Values.podDisruptionBudget.minAvailable }}
  selector:
    matchLabels:
      {{- include "llmbench.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}

{{/*
Only engines that have metrics have the value. "auto" asks for the monitor where
the cluster knows the kind; true asks for it regardless.
*/}}
{{- define "llmbench.serviceMonitor" -}}
{{- with .Values.serviceMonitor }}
{{- if or (eq (toString .enabled) "true") (and (eq (toString .enabled) "auto") ($.Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor")) }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "llmbench.metadata" $ | nindent 2 }}
  {{- with .labels }}
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "llmbench.selectorLabels" $ | nindent 6 }}
  endpoints:
    - port: http
      path: /metrics
      interval: {{ .interval }}
{{- end }}
{{- end }}
{{- end }}
