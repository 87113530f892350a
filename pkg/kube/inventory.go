package kube

import (
	routev1 "github.com/openshift/api/route/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Inventory is what one paged LIST of each kind gave. What the cluster lacks
// or the caller may not list is empty, and named in Skipped.
type Inventory struct {
	// Namespace is where the namespaced kinds were listed, "" for everywhere.
	Namespace         string
	Pods              []corev1.Pod
	Services          []corev1.Service
	EndpointSlices    []discoveryv1.EndpointSlice
	Nodes             []corev1.Node
	Ingresses         []networkingv1.Ingress
	Routes            []routev1.Route
	HTTPRoutes        []HTTPRoute
	Gateways          []Gateway
	InferenceServices []InferenceService
	Skipped           []record.Skipped
	// Requests is how many API requests the lists took.
	Requests int64
}

// HTTPRoute holds the fields of a Gateway API HTTPRoute (gateway.networking.k8s.io/v1)
// that lead to a Service.
type HTTPRoute struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Hostnames  []string          `json:"hostnames"`
		ParentRefs []ParentReference `json:"parentRefs"`
		Rules      []HTTPRouteRule   `json:"rules"`
	} `json:"spec"`
	Status struct {
		Parents []struct {
			ParentRef  ParentReference    `json:"parentRef"`
			Conditions []metav1.Condition `json:"conditions"`
		} `json:"parents"`
	} `json:"status"`
}

// ParentReference names the Gateway, and perhaps the listener, of an HTTPRoute.
type ParentReference struct {
	Kind        string  `json:"kind"` // "" is Gateway
	Namespace   *string `json:"namespace"`
	Name        string  `json:"name"`
	SectionName *string `json:"sectionName"`
	Port        *int32  `json:"port"`
}

// HTTPRouteRule is one rule of an HTTPRoute.
type HTTPRouteRule struct {
	Matches []struct {
		Path *struct {
			Type  string `json:"type"` // Exact, PathPrefix or RegularExpression
			Value string `json:"value"`
		} `json:"path"`
		Headers []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
	} `json:"matches"`
	Filters []struct {
		Type string `json:"type"` // URLRewrite, RequestRedirect …
	} `json:"filters"`
	BackendRefs []struct {
		Group     *string `json:"group"`
		Kind      *string `json:"kind"` // nil is Service
		Namespace *string `json:"namespace"`
		Name      string  `json:"name"`
		Port      *int32  `json:"port"`
		Weight    *int32  `json:"weight"`
	} `json:"backendRefs"`
	Timeouts *struct {
		Request        string `json:"request"`
		BackendRequest string `json:"backendRequest"`
	} `json:"timeouts"`
}

// Gateway holds the fields of a Gateway API Gateway that make an address.
type Gateway struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		GatewayClassName string     `json:"gatewayClassName"`
		Listeners        []Listener `json:"listeners"`
	} `json:"spec"`
	Status struct {
		Addresses []struct {
			Type  string `json:"type"` // IPAddress or Hostname
			Value string `json:"value"`
		} `json:"addresses"`
		Conditions []metav1.Condition `json:"conditions"`
	} `json:"status"`
}

// Listener is one port of a Gateway.
type Listener struct {
	Name     string  `json:"name"`
	Hostname *string `json:"hostname"`
	Port     int32   `json:"port"`
	Protocol string  `json:"protocol"` // HTTP, HTTPS, TLS, TCP
	TLS      *struct {
		Mode string `json:"mode"` // Terminate or Passthrough
	} `json:"tls"`
}

// InferenceService holds the fields of a KServe InferenceService
// (serving.kserve.io/v1beta1) that name its address.
type InferenceService struct {
	metav1.ObjectMeta `json:"metadata"`
	Status            struct {
		URL        string             `json:"url"`
		Conditions []metav1.Condition `json:"conditions"`
		Address    *struct {
			URL string `json:"url"`
		} `json:"address"`
	} `json:"status"`
}
