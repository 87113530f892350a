{{/*
The ways in from outside the cluster. Each bears a timeout that outlasts a long
generation, and none may hold tokens back: streams are what is measured.
*/}}

{{- define "llmbench.route" -}}
{{- with .Values.route }}
{{- if .enabled }}
apiVersion: route.openshift.io/v1
kind: Route
metadata:
  {{- include "llmbench.metadata" $ | nindent 2 }}
  annotations:
    haproxy.router.openshift.io/timeout: {{ .timeout }}
    {{- with .annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with .host }}
  host: {{ . }}
  {{- end }}
  to:
    kind: Service
    name: {{ include "llmbench.fullname" $ }}
    weight: 100
  port:
    targetPort: http
  {{- with .tls }}
  tls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "llmbench.ingress" -}}
{{- with .Values.ingress }}
{{- if .enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "llmbench.metadata" $ | nindent 2 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .tlsSecret }}
  tls:
    - hosts:
        - {{ $.Values.ingress.host }}
      secretName: {{ . }}
  {{- end }}
  rules:
    - host: {{ .host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "llmbench.fullname" $ }}
                port:
                  name: http
{{- end }}
{{- end }}
{{- end }}

{{- define "llmbench.httpRoute" -}}
{{- with .Values.httpRoute }}
{{- if .enabled }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "llmbench.metadata" $ | nindent 2 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs:
    {{- toYaml .parentRefs | nindent 4 }}
  {{- with .hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - backendRefs:
        - name: {{ include "llmbench.fullname" $ }}
          port: {{ $.Values.service.port }}
      timeouts:
        request: {{ .timeout }}
        backendRequest: {{ .timeout }}
{{- end }}
{{- end }}
{{- end }}
