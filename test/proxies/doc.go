// Package proxies measures simulated engines through a real HAProxy, set up as
// OpenShift's router is, because what stands before an engine may bend its stream.
// Everything in it has the build tag proxies, because `make test` needs none;
// haproxy is found on the path.
package proxies
