package translog

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// GenerateKey makes the key that signs the log's checkpoints: the private one, and the public one to publish. Both are
// one line, in the form of golang.org/x/mod/sumdb/note, and begin with the log's origin.
func GenerateKey(random io.Reader, origin string) (private, public string, err error) {
	return note.GenerateKey(random, origin)
}

// VerifierKey is the public half of a key that GenerateKey made.
func VerifierKey(private string) (string, error) {
	signer, err := note.NewSigner(private)
	if err != nil {
		return "", fmt.Errorf("read log key: %w", err)
	}
	parts := strings.SplitN(private, "+", 5) // PRIVATE+KEY+name+hash+base64, which may hold a + too
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("the log key is not an Ed25519 key")
	}
	public, ok := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("the log key has no public half")
	}
	return note.NewEd25519VerifierKey(signer.Name(), public)
}
