{{- define "llmbench.deployment" -}}
{{- $settings := include (printf "%s.settings" .engine) . | fromYaml -}}
{{- $period := 5 -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "llmbench.metadata" . | nindent 2 }}
spec:
  replicas: {{ .Values.replicas }}
  # A GPU and a claim for one node are free only when the old pod is gone.
  strategy:
    type: Recreate
  # Longer than a first start may take, so that nobody gives up on a download.
  progressDeadlineSeconds: {{ add .Values.loadTimeoutSeconds 600 }}
  selector:
    matchLabels:
      {{- include "llmbench.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "llmbench.podLabels" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "llmbench.serviceAccountName" . }}
      automountServiceAccountToken: false
      # Without this, a Service named vllm would set VLLM_PORT to a URL, which vLLM
      # takes for its own setting.
      enableServiceLinks: false
      {{- with include "llmbench.placement" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
      securityContext:
        {{- toYaml .Values.podSecurityContext | nindent 8 }}
      {{- if not .Values.simulator.enabled }}
      {{- with $settings.initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      containers:
        - name: {{ .engine }}
          {{- include "llmbench.program" . | nindent 10 }}
          ports:
            - name: http
              containerPort: {{ $settings.port }}
              protocol: TCP
          startupProbe:
            httpGet:
              path: {{ $settings.probe }}
              port: http
            periodSeconds: {{ $period }}
            timeoutSeconds: 5
            failureThreshold: {{ div (add .Values.loadTimeoutSeconds (sub $period 1)) $period }}
          readinessProbe:
            httpGet:
              path: {{ $settings.probe }}
              port: http
            periodSeconds: 5
            timeoutSeconds: 5
          # Patient: an engine under a heavy load answers late, and a restart would
          # end the measurement.
          livenessProbe:
            httpGet:
              path: {{ $settings.probe }}
              port: http
            periodSeconds: 15
            timeoutSeconds: 15
            failureThreshold: 8
          resources:
            {{- include "llmbench.resources" . | nindent 12 }}
          securityContext:
            {{- toYaml .Values.containerSecurityContext | nindent 12 }}
          volumeMounts:
            {{- include "llmbench.volumeMounts" . | nindent 12 }}
      volumes:
        {{- include "llmbench.volumes" . | nindent 8 }}
{{- end }}

{{/* What the container runs: the engine, or the simulator in its place. */}}
{{- define "llmbench.program" -}}
{{- $settings := include (printf "%s.settings" .engine) . | fromYaml -}}
image: {{ include "llmbench.image" . }}
{{- if .Values.simulator.enabled }}
imagePullPolicy: {{ .Values.simulator.image.pullPolicy }}
args:
  - simulate
  - --engine={{ .engine }}
  - --listen=:{{ $settings.port }}
  - --served-model={{ .Values.model.id }}
  {{- toYaml (concat $settings.simulator .Values.simulator.extraArgs) | nindent 2 }}
{{- else }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with $settings.command }}
command:
  {{- toYaml . | nindent 2 }}
{{- end }}
args:
  {{- toYaml (concat $settings.args (default list .Values.engine.extraArgs)) | nindent 2 }}
env:
  {{- include "llmbench.env" . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
The environment of the engine. Its home is on the cache, for its user has no
entry in /etc/passwd and the image's own folders are read-only.
*/}}
{{- define "llmbench.env" -}}
- name: HOME
  value: /cache
{{ include (printf "%s.env" .engine) . | trim }}
{{- if (.Values.huggingFace).existingSecret }}
- name: HF_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .Values.huggingFace.existingSecret }}
      key: {{ .Values.huggingFace.secretKey }}
{{- end }}
{{- with .Values.engine.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A simulator needs no GPU, and little of anything else. */}}
{{- define "llmbench.resources" -}}
{{- if .Values.simulator.enabled -}}
{{- toYaml .Values.simulator.resources -}}
{{- else -}}
{{- $resources := deepCopy .Values.resources -}}
{{- if gt (int .Values.gpu.count) 0 -}}
{{- $gpu := dict .Values.gpu.resource (int .Values.gpu.count) -}}
{{- $_ := set $resources "requests" (merge (default dict $resources.requests) $gpu) -}}
{{- $_ := set $resources "limits" (merge (default dict $resources.limits) $gpu) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}
{{- end }}

{{- define "llmbench.volumeMounts" -}}
- name: cache
  mountPath: /cache
- name: tmp
  mountPath: /tmp
{{- if .Values.sharedMemory }}
- name: shared-memory
  mountPath: /dev/shm
{{- end }}
{{- end }}

{{- define "llmbench.volumes" -}}
- name: cache
{{- if or .Values.simulator.enabled (not .Values.cache.persistent) }}
  emptyDir: {}
{{- else }}
  persistentVolumeClaim:
    claimName: {{ .Values.cache.existingClaim | default (include "llmbench.fullname" .) }}
{{- end }}
- name: tmp
  emptyDir: {}
{{- with .Values.sharedMemory }}
- name: shared-memory
  emptyDir:
    medium: Memory
    sizeLimit: {{ . }}
{{- end }}
{{- end }}
