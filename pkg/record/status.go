package record

// Status is `ok` or the one error class of a request.
type Status string

// The classes of docs/metrics.md. A request has exactly one.
const (
	StatusOK                Status = "ok"
	StatusRefused           Status = "refused"
	StatusDNS               Status = "dns"
	StatusTLS               Status = "tls"
	StatusTimeoutConnect    Status = "timeout_connect"
	StatusTimeoutFirstToken Status = "timeout_first_token"
	StatusTimeoutStall      Status = "timeout_stall"
	StatusTimeoutTotal      Status = "timeout_total"
	StatusReset             Status = "reset"
	StatusHTTP4xx           Status = "http_4xx"
	StatusHTTP429           Status = "http_429"
	StatusHTTP5xx           Status = "http_5xx"
	StatusOverloaded        Status = "overloaded"
	StatusErrorInStream     Status = "error_in_stream"
	StatusTruncated         Status = "truncated"
	StatusMalformed         Status = "malformed"
	StatusEmpty             Status = "empty"
	StatusCancelled         Status = "cancelled"
)

// ErrorClasses lists every Status but ok, in the order tables show them.
func ErrorClasses() []Status {
	return []Status{
		StatusRefused, StatusDNS, StatusTLS, StatusTimeoutConnect, StatusTimeoutFirstToken,
		StatusTimeoutStall, StatusTimeoutTotal, StatusReset, StatusHTTP4xx, StatusHTTP429,
		StatusHTTP5xx, StatusOverloaded, StatusErrorInStream, StatusTruncated, StatusMalformed,
		StatusEmpty, StatusCancelled,
	}
}
