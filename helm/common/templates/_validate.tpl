{{/* What a schema cannot say, or cannot say in words that help. */}}
{{- define "llmbench.validate" -}}
{{- if and (contains "latest" .Values.image.tag) (not .Values.image.digest) -}}
{{- fail (printf "image.tag is %q, which is another program tomorrow: name a version, or set image.digest" .Values.image.tag) -}}
{{- end -}}
{{- if and (contains "latest" .Values.simulator.image.tag) (not .Values.simulator.image.digest) -}}
{{- fail (printf "simulator.image.tag is %q, which is another program tomorrow: name a version, or set simulator.image.digest" .Values.simulator.image.tag) -}}
{{- end -}}
{{- range .Values.engine.extraArgs -}}
{{- if regexMatch "(?i)(api[-_]?key|auth[-_]?token|hf[-_]?token|password|secret)" . -}}
{{- fail (printf "engine.extraArgs holds %q: arguments can be read by all who may list pods, so keep the value in a Secret and name that in engine.extraEnv (valueFrom.secretKeyRef)" (regexReplaceAll "=.*" . "=...")) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "ingress.enabled needs ingress.host: without a host the Ingress would take all of its controller's traffic" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs: name the Gateway, as in [{name: GATEWAY, namespace: NAMESPACE}]" -}}
{{- end -}}
{{- if and (gt (int .Values.replicas) 1) (eq (include "llmbench.ownClaim" .) "true") (not (has "ReadWriteMany" .Values.cache.accessModes)) -}}
{{- fail (printf "replicas is %d, and the cache is a claim for one node: set cache.accessModes=[ReadWriteMany], or cache.persistent=false" (int .Values.replicas)) -}}
{{- end -}}
{{- end }}
