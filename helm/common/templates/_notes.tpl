{{- define "llmbench.notes" -}}
{{- $name := include "llmbench.fullname" . -}}
{{- $ns := .Release.Namespace -}}
{{- if .Values.simulator.enabled -}}
{{ $name }} is SIMULATED: it answers as {{ .engine }} would, and its speed says nothing of a real one.
{{- else -}}
{{ $name }} will serve {{ .Values.model.id }} as soon as it has fetched and loaded it, which may take up to {{ div .Values.loadTimeoutSeconds 60 }} minutes.
{{- if and .Values.podSecurityContext.runAsNonRoot (not .Values.podSecurityContext.runAsUser) (not (.Capabilities.APIVersions.Has "security.openshift.io/v1")) }}

This cluster is not OpenShift, which would give the pod a user of its own. If the
pod stays at CreateContainerConfigError because its image runs as root, give it one:

  helm upgrade {{ .Release.Name }} <this chart> -n {{ $ns }} --reuse-values \
    --set podSecurityContext.runAsUser=1000,podSecurityContext.fsGroup=1000
{{- end }}
{{- end }}

Wait until it is ready:

  kubectl rollout status deployment/{{ $name }} -n {{ $ns }} --timeout={{ add .Values.loadTimeoutSeconds 600 }}s

See that the ground is even, then measure it beside the other engines of the namespace:

  kubectl llmbench validate-infra -n {{ $ns }}
  kubectl llmbench quick -n {{ $ns }}
{{- end }}
