package translog_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peakseat/certification/translog"
)

const origin = "peakseat.example/credential-log"

// kept is a log in memory.
type kept struct {
	hashes []translog.Hash
	size   int64
}

func (k *kept) read(indexes []int64) ([]translog.Hash, error) {
	found := make([]translog.Hash, len(indexes))
	for i, at := range indexes {
		found[i] = k.hashes[at]
	}
	return found, nil
}

func (k *kept) add(leaf []byte) error {
	more, err := translog.Append(k.size, leaf, k.read)
	if err != nil {
		return err
	}
	k.hashes, k.size = append(k.hashes, more...), k.size+1
	return nil
}

func (k *kept) checkpoint(size int64) (translog.Checkpoint, error) {
	root, err := translog.Root(size, k.read)
	return translog.Checkpoint{Origin: origin, Size: size, Root: root}, err
}

func leaf(i int64) []byte { return fmt.Appendf(nil, "leaf %d", i) }

func filled(t testing.TB, size int64) *kept {
	t.Helper()
	k := &kept{}
	for i := range size {
		must(t, k.add(leaf(i)))
	}
	if int64(len(k.hashes)) != translog.Stored(size) {
		t.Fatalf("%d hashes of %d leaves, expected %d", len(k.hashes), size, translog.Stored(size))
	}
	return k
}

func must(t interface {
	Helper()
	Fatal(...any)
}, err error,
) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every leaf is provably in every later log, and nothing else is.
func TestInclusionProves(t *testing.T) {
	t.Parallel()
	k := filled(t, 200)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, k.size).Draw(t, "size")
		at := rapid.Int64Range(0, size-1).Draw(t, "index")
		now, err := k.checkpoint(size)
		must(t, err)
		proof, err := translog.ProveInclusion(size, at, k.read)
		must(t, err)
		must(t, translog.CheckInclusion(proof, now, at, leaf(at)))
		if other := (at + 1) % size; other != at && translog.CheckInclusion(proof, now, other, leaf(at)) == nil {
			t.Fatal("a proof holds at another place")
		}
		if err := translog.CheckInclusion(proof, now, at, leaf(at+1)); !errors.Is(err, translog.ErrNotProven) {
			t.Fatalf("another leaf is proven: %v", err)
		}
	})
}

// A log that was rewritten has no proof for whoever kept a checkpoint.
func TestConsistencyFindsARewrittenLog(t *testing.T) {
	t.Parallel()
	k := filled(t, 150)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, k.size).Draw(t, "size")
		old := rapid.Int64Range(1, size).Draw(t, "old")
		before, err := k.checkpoint(old)
		must(t, err)
		now, err := k.checkpoint(size)
		must(t, err)
		proof, err := translog.ProveConsistency(size, old, k.read)
		must(t, err)
		must(t, translog.CheckConsistency(proof, before, now))

		changed := rapid.Int64Range(0, old-1).Draw(t, "changed")
		rewritten := &kept{}
		for i := range size {
			content := leaf(i)
			if i == changed {
				content = []byte("never happened")
			}
			must(t, rewritten.add(content))
		}
		now, err = rewritten.checkpoint(size)
		must(t, err)
		proof, err = translog.ProveConsistency(size, old, rewritten.read)
		must(t, err)
		if err := translog.CheckConsistency(proof, before, now); !errors.Is(err, translog.ErrNotProven) {
			t.Fatalf("leaf %d of %d was rewritten unseen: %v", changed, size, err)
		}
	})
}

func TestCheckpointsAreSigned(t *testing.T) {
	t.Parallel()
	private, public, err := translog.GenerateKey(rand.Reader, origin)
	must(t, err)
	derived, err := translog.VerifierKey(private)
	must(t, err)
	if derived != public {
		t.Fatalf("%s is not %s", derived, public)
	}
	_, stranger, err := translog.GenerateKey(rand.Reader, origin)
	must(t, err)
	k := filled(t, 9)
	now, err := k.checkpoint(9)
	must(t, err)
	signed, err := now.Sign(private)
	must(t, err)
	opened, err := translog.Open(signed, origin, stranger, public)
	must(t, err)
	if opened != now {
		t.Errorf("opened %+v, signed %+v", opened, now)
	}
	for name, try := range map[string]func() error{
		"another key": func() error { _, err := translog.Open(signed, origin, stranger); return err },
		"another size": func() error {
			_, err := translog.Open(strings.Replace(signed, "\n9\n", "\n8\n", 1), origin, public)
			return err
		},
		"another origin": func() error { _, err := translog.Open(signed, "other.example/log", public); return err },
		"no signature": func() error {
			_, err := translog.Open(strings.Split(signed, "\n\n")[0]+"\n", origin, public)
			return err
		},
	} {
		if err := try(); !errors.Is(err, translog.ErrNotProven) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A million entries: what a proof weighs and costs.
func BenchmarkMillionEntries(b *testing.B) {
	k := filled(b, 1_000_000)
	now, err := k.checkpoint(k.size)
	must(b, err)
	before, err := k.checkpoint(k.size / 2)
	must(b, err)
	b.Run("inclusion", func(b *testing.B) {
		var bytes int
		for i := 0; b.Loop(); i++ {
			at := int64(i*7919) % k.size
			proof, err := translog.ProveInclusion(k.size, at, k.read)
			must(b, err)
			must(b, translog.CheckInclusion(proof, now, at, leaf(at)))
			bytes = max(bytes, len(proof)*len(translog.Hash{}))
		}
		b.ReportMetric(float64(bytes), "bytes/proof")
	})
	b.Run("consistency", func(b *testing.B) {
		var bytes int
		for b.Loop() {
			proof, err := translog.ProveConsistency(k.size, k.size/2, k.read)
			must(b, err)
			must(b, translog.CheckConsistency(proof, before, now))
			bytes = max(bytes, len(proof)*len(translog.Hash{}))
		}
		b.ReportMetric(float64(bytes), "bytes/proof")
	})
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			_, err := translog.Append(k.size, leaf(k.size), k.read)
			must(b, err)
		}
	})
}

// BenchmarkMillionLeaves proves and checks inclusion and consistency in a log of a million leaves.
//
//	BenchmarkMillionLeaves/inclusion-2     186609   10301 ns/op   640.0 proof-bytes
func BenchmarkMillionLeaves(b *testing.B) {
	const size = 1_000_000
	hashes := make([]translog.Hash, 0, translog.Stored(size))
	read := func(positions []int64) ([]translog.Hash, error) {
		list := make([]translog.Hash, len(positions))
		for i, p := range positions {
			list[i] = hashes[p]
		}
		return list, nil
	}
	leaf := func(i int64) []byte { return strconv.AppendInt([]byte("leaf "), i, 10) }
	for i := range int64(size) {
		more, err := translog.Append(i, leaf(i), read)
		if err != nil {
			b.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	head := func(size int64) translog.Checkpoint {
		root, err := translog.Root(size, read)
		if err != nil {
			b.Fatal(err)
		}
		return translog.Checkpoint{Origin: "log.example", Size: size, Root: root}
	}
	now := head(size)
	b.Run("inclusion", func(b *testing.B) {
		longest, index := 0, int64(0)
		for b.Loop() {
			index = (index + 7919) % size
			proof, err := translog.ProveInclusion(size, index, read)
			if err == nil {
				err = translog.CheckInclusion(proof, now, index, leaf(index))
			}
			if err != nil {
				b.Fatal(err)
			}
			longest = max(longest, len(proof))
		}
		b.ReportMetric(float64(longest*len(translog.Hash{})), "proof-bytes")
	})
	b.Run("consistency", func(b *testing.B) {
		before := head(size * 2 / 3)
		longest := 0
		for b.Loop() {
			proof, err := translog.ProveConsistency(size, before.Size, read)
			if err == nil {
				err = translog.CheckConsistency(proof, before, now)
			}
			if err != nil {
				b.Fatal(err)
			}
			longest = max(longest, len(proof))
		}
		b.ReportMetric(float64(longest*len(translog.Hash{})), "proof-bytes")
	})
}
