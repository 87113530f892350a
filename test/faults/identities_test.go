package faults

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// identities are the certificates that an endpoint may show.
type identities struct {
	caPEM                             []byte
	good, expired, elsewhere, strange tls.Certificate
	shown                             atomic.Pointer[tls.Certificate]
}

func newIdentities(t *testing.T) *identities {
	t.Helper()
	now := time.Now()
	ca, caKey := authority(t, "trusted")
	other, otherKey := authority(t, "stranger")
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	i := &identities{caPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})}
	i.good = certificate(t, ca, caKey, here, now.Add(time.Hour))
	i.expired = certificate(t, ca, caKey, here, now.Add(-time.Hour))
	i.elsewhere = certificate(t, ca, caKey, []net.IP{net.IPv4(192, 0, 2, 1)}, now.Add(time.Hour))
	i.strange = certificate(t, other, otherKey, here, now.Add(time.Hour))
	return i
}

// of is a set of its own for one proxy.
func (i *identities) of() *identities {
	one := &identities{caPEM: i.caPEM, good: i.good, expired: i.expired, elsewhere: i.elsewhere, strange: i.strange}
	one.shown.Store(&one.good)
	return one
}

func (i *identities) config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{*i.shown.Load()}, MinVersion: tls.VersionTLS12}
}

func authority(t *testing.T, name string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed, key
}

func certificate(t *testing.T, ca *x509.Certificate, caKey *ecdsa.PrivateKey, ips []net.IP, until time.Time) tls.Certificate {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "engine"}, IPAddresses: ips,
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, &key.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
