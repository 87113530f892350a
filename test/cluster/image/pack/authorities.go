package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// authorities is the PEM bundle of the authorities that Mozilla trusts for
// servers, as the pinned module has it, so that the image does not depend on
// the machine it is made on. Those that Mozilla trusts only under a further
// constraint are left out, because a PEM file cannot carry one.
func authorities() ([]byte, error) {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return nil, fmt.Errorf("encode a certificate authority: %w", err)
		}
	}
	if out.Len() == 0 {
		return nil, errors.New("the bundle of certificate authorities is empty")
	}
	return out.Bytes(), nil
}
