// Package translog is an append-only log that anyone can audit: a Merkle tree (RFC 6962) with signed
// checkpoints, inclusion and consistency proofs. It is pure: who keeps the hashes hands them in.
//
// Whoever kept a checkpoint can ask for a proof that today's log continues it; a log that was
// rewritten has none. Checkpoints are signed notes (C2SP tlog-checkpoint): origin, size and root
// hash a line each, then Ed25519 signatures.
package translog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 of the tree.
type Hash = tlog.Hash

// Reader returns the hashes of the given storage indexes, in their order. The tree's own indexes are dense: n leaves
// have Stored(n) hashes, and a leaf adds one to some twenty.
type Reader = tlog.HashReaderFunc

// ErrNotProven says that a proof proves nothing; the cause is wrapped.
var ErrNotProven = errors.New("the log does not prove it")

// Checkpoint is the whole log in one line each: whose, how long, and its root.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
}

// Append returns the hashes to store, from the index Stored(size) on, for a leaf after size others.
func Append(size int64, leaf []byte, read Reader) ([]Hash, error) {
	return tlog.StoredHashes(size, leaf, read)
}

// Stored is how many hashes a log of so many leaves has stored.
func Stored(size int64) int64 { return tlog.StoredHashCount(size) }

// Root is the root hash of the first size leaves; of none, the hash of nothing.
func Root(size int64, read Reader) (Hash, error) { return tlog.TreeHash(size, read) }

// LeafHash is the hash of a leaf as the tree has it.
func LeafHash(leaf []byte) Hash { return tlog.RecordHash(leaf) }

// ProveInclusion proves that the leaf at index is in the first size leaves.
func ProveInclusion(size, index int64, read Reader) ([]Hash, error) {
	return tlog.ProveRecord(size, index, read)
}

// ProveConsistency proves that the first size leaves begin with the first old ones. old is at least 1.
func ProveConsistency(size, old int64, read Reader) ([]Hash, error) {
	return tlog.ProveTree(size, old, read)
}

// CheckInclusion believes a proof that the leaf is at index, or returns ErrNotProven.
func CheckInclusion(proof []Hash, in Checkpoint, index int64, leaf []byte) error {
	return proven(tlog.CheckRecord(proof, in.Size, in.Root, index, LeafHash(leaf)))
}

// CheckConsistency believes a proof that now continues before, or returns ErrNotProven.
func CheckConsistency(proof []Hash, before, now Checkpoint) error {
	if before.Origin != now.Origin {
		return fmt.Errorf("%w: checkpoints of %s and %s", ErrNotProven, before.Origin, now.Origin)
	}
	return proven(tlog.CheckTree(proof, now.Size, now.Root, before.Size, before.Root))
}

func proven(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	}
	return nil
}

// Sign makes the note of a checkpoint. key is as GenerateKey made it.
func (c Checkpoint) Sign(key string) (string, error) {
	signer, err := note.NewSigner(key)
	if err != nil {
		return "", fmt.Errorf("read log key: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(signed), nil
}

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Open reads a signed checkpoint of the log whose verifier key (as VerifierKey names it) and origin are given, or
// returns ErrNotProven.
func Open(signed, origin string, verifierKeys ...string) (Checkpoint, error) {
	var verifiers []note.Verifier
	for _, key := range verifierKeys {
		v, err := note.NewVerifier(key)
		if err != nil {
			return Checkpoint{}, fmt.Errorf("read log key: %w", err)
		}
		verifiers = append(verifiers, v)
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, proven(err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return Checkpoint{}, fmt.Errorf("%w: it is no checkpoint of %s", ErrNotProven, origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%w: %q is no size", ErrNotProven, lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, proven(err)
	}
	return Checkpoint{Origin: origin, Size: size, Root: root}, nil
}
