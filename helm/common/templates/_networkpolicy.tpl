{{/*
Who may reach the engine, and what it may reach: names and the model's origin, or
nothing for a simulator. A port-forward comes from the node itself, which a policy
does not stop.
*/}}
{{- define "llmbench.networkPolicy" -}}
{{- if .Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "llmbench.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "llmbench.selectorLabels" . | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - ports:
        - port: http
          protocol: TCP
      from:
        {{- toYaml .Values.networkPolicy.from | nindent 8 }}
        {{- if .Values.route.enabled }}
        # OpenShift's router, on the pod network or on that of its host.
        - namespaceSelector:
            matchLabels:
              policy-group.network.openshift.io/ingress: ""
        - namespaceSelector:
            matchLabels:
              policy-group.network.openshift.io/host-network: ""
        {{- end }}
  {{- if .Values.simulator.enabled }}
  egress: []
  {{- else }}
  egress:
    # Names. OpenShift's DNS listens on 5353 behind its Service.
    - ports:
        {{- range $port := list 53 5353 }}
        {{- range $protocol := list "UDP" "TCP" }}
        - port: {{ $port }}
          protocol: {{ $protocol }}
        {{- end }}
        {{- end }}
    {{- with .Values.networkPolicy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}
