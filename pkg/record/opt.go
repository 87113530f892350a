package record

import (
	"encoding/json"
	"fmt"
	"math"
)

// Opt is a value that may be absent. Its zero value is absent, and a field of
// this type tagged `omitzero` is left out of JSON when absent.
type Opt[T int64 | float64] struct {
	value T
	known bool
}

// Float is an optional number, most often of milliseconds.
type Float = Opt[float64]

// Int is an optional count.
type Int = Opt[int64]

// Some wraps a known value. A NaN or infinite number is treated as absent,
// because no result may carry one.
func Some[T int64 | float64](v T) Opt[T] {
	if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
		return Opt[T]{}
	}
	return Opt[T]{value: v, known: true}
}

// Get returns the value and whether it is known.
func (o Opt[T]) Get() (T, bool) { return o.value, o.known }

// Known says whether there is a value.
func (o Opt[T]) Known() bool { return o.known }

// Or returns the value, or fallback where there is none.
func (o Opt[T]) Or(fallback T) T {
	if o.known {
		return o.value
	}
	return fallback
}

// IsZero reports absence; encoding/json asks it for `omitzero`.
func (o Opt[T]) IsZero() bool { return !o.known }

// Equal lets go-cmp compare two optional values.
func (o Opt[T]) Equal(p Opt[T]) bool { return o == p }

// MarshalJSON writes the value, or null where there is none.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.known {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a number; null leaves the value absent.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*o = Opt[T]{}
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("optional number: %w", err)
	}
	*o = Some(v)
	return nil
}
