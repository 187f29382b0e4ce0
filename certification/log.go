package certification

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/translog"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Leaf is what the log says of a credential, which it names by the hash of its token: who has the file finds it,
// and nobody can list what there is.
type Leaf struct {
	Kind       string    `json:"kind" enum:"issued,suspended,reinstated,revoked"`
	Credential string    `json:"credential" doc:"SHA-256 of the credential's JWT, base64url"`
	At         time.Time `json:"at"`
}

// logLock makes leaves one after the other; it is taken last and held until the commit.
const logLock = 0x70736c6f67

// appendLeaf adds what happened to the log, in the transaction that made it so.
func appendLeaf(tx *postgres.Tx, kind string, credential uuid.UUID, jwt string) error {
	sum := sha256.Sum256([]byte(jwt))
	leaf, err := json.Marshal(Leaf{kind, base64.RawURLEncoding.EncodeToString(sum[:]), tx.Now.UTC().Truncate(time.Second)})
	if err != nil {
		return fmt.Errorf("encode leaf: %w", err)
	}
	if err := tx.Exec(`select pg_advisory_xact_lock(?)`, int64(logLock)).Error; err != nil {
		return err
	}
	size, err := selectLogSize(tx)
	if err != nil {
		return err
	}
	hashes, err := translog.Append(size, leaf, readHashes(tx))
	if err != nil {
		return err
	}
	if err := tx.Exec(`insert into certification.log_leaf (index, kind, credential_id, leaf, hash, logged_at) values (?, ?, ?, ?, ?, ?)`,
		size, kind, credential, leaf, hashes[0][:], tx.Now).Error; err != nil {
		return err
	}
	for i, hash := range hashes {
		if err := tx.Exec(`insert into certification.log_hash (position, hash) values (?, ?)`, translog.Stored(size)+int64(i), hash[:]).Error; err != nil {
			return err
		}
	}
	return nil
}

func selectLogSize(tx *postgres.Tx) (size int64, err error) {
	err = tx.Raw(`select coalesce(max(index) + 1, 0) from certification.log_leaf`).Scan(&size).Error
	return size, err
}

func readHashes(tx *postgres.Tx) translog.Reader {
	return func(positions []int64) ([]translog.Hash, error) {
		var rows []struct {
			Position int64
			Hash     []byte
		}
		if err := tx.Raw(`select position, hash from certification.log_hash where position = any (?::bigint[])`, postgres.ArrayOf(positions)).Scan(&rows).Error; err != nil {
			return nil, err
		}
		found := map[int64]translog.Hash{}
		for _, r := range rows {
			found[r.Position] = translog.Hash(r.Hash)
		}
		hashes := make([]translog.Hash, len(positions))
		for i, p := range positions {
			hash, ok := found[p]
			if !ok {
				return nil, fmt.Errorf("the log has no hash %d", p)
			}
			hashes[i] = hash
		}
		return hashes, nil
	}
}

// Proof is a Merkle proof, hashes in base64.
type Proof struct {
	Index  int64    `json:"index" doc:"of an inclusion: the leaf's place"`
	First  int64    `json:"first" doc:"of a consistency: the older size"`
	Size   int64    `json:"size"`
	Leaf   *Leaf    `json:"leaf,omitempty"`
	Raw    string   `json:"raw,omitempty" doc:"the leaf's bytes, base64"`
	Hashes []string `json:"hashes" nullable:"false"`
}

// Checkpoint is the log's head, signed.
func (s *Service) Checkpoint(ctx context.Context) (signed string, err error) {
	err = postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) error {
		size, err := selectLogSize(tx)
		if err != nil {
			return err
		}
		root, err := translog.Root(size, readHashes(tx))
		if err != nil {
			return err
		}
		signed, err = translog.Checkpoint{Origin: s.Issuer.logOrigin, Size: size, Root: root}.Sign(s.Issuer.logKey)
		return err
	})
	return signed, err
}

// Inclusion proves that a leaf is in the log of a size; 0 is the log as it is. It returns fault.ErrNotFound.
func (s *Service) Inclusion(ctx context.Context, index, size int64) (proof *Proof, err error) {
	err = s.withLog(ctx, &size, func(tx *postgres.Tx) error {
		if index < 0 || index >= size {
			return fault.ErrNotFound
		}
		found, err := selectLeaves(tx, index, 1)
		if err != nil {
			return err
		}
		raw := found[0]
		hashes, err := translog.ProveInclusion(size, index, readHashes(tx))
		if err != nil {
			return err
		}
		proof = &Proof{Index: index, Size: size, Raw: base64.StdEncoding.EncodeToString(raw), Hashes: texts(hashes), Leaf: &Leaf{}}
		return json.Unmarshal(raw, proof.Leaf)
	})
	return proof, err
}

// Consistency proves that the log of a size begins with the first leaves; size 0 is the log as it is.
func (s *Service) Consistency(ctx context.Context, first, size int64) (proof *Proof, err error) {
	err = s.withLog(ctx, &size, func(tx *postgres.Tx) error {
		if first < 1 || first > size {
			return fault.ErrNotFound
		}
		hashes, err := translog.ProveConsistency(size, first, readHashes(tx))
		proof = &Proof{First: first, Size: size, Hashes: texts(hashes)}
		return err
	})
	return proof, err
}

// Leaves lists the log from an index on, so that anyone can compute the root.
func (s *Service) Leaves(ctx context.Context, from int64, limit int) (raw [][]byte, err error) {
	err = postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) error {
		raw, err = selectLeaves(tx, from, limit)
		return err
	})
	return raw, err
}

func selectLeaves(tx *postgres.Tx, from int64, limit int) ([][]byte, error) {
	var rows []struct{ Leaf []byte }
	if err := tx.Raw(`select leaf from certification.log_leaf where index >= ? order by index limit ?`, from, limit).Scan(&rows).Error; err != nil {
		return nil, err
	}
	leaves := make([][]byte, len(rows))
	for i, r := range rows {
		leaves[i] = r.Leaf
	}
	return leaves, nil
}

func (s *Service) withLog(ctx context.Context, size *int64, do func(tx *postgres.Tx) error) error {
	return postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) error {
		now, err := selectLogSize(tx)
		if err != nil {
			return err
		}
		if *size == 0 {
			*size = now
		}
		if *size > now {
			return fault.ErrNotFound
		}
		return do(tx)
	})
}

func texts(hashes []translog.Hash) []string {
	list := make([]string, len(hashes))
	for i, h := range hashes {
		list[i] = h.String()
	}
	return list
}
