package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"testing"

	"peakseat/internal/postgres"
)

// Pools is a migrated database of the test's own and one pool for each of its roles.
type Pools struct {
	URL                string
	App, Claim, System *postgres.DB
}

// Open gives a database with the platform's schema and those of modules, which the test may commit to.
func Open(t testing.TB, modules ...postgres.Module) Pools {
	t.Helper()
	modules = append([]postgres.Module{postgres.Platform()}, modules...)
	migrate := func(ctx context.Context, url string) error { return postgres.Migrate(ctx, url, modules...) }
	p := Pools{URL: URL(t, migrate, fingerprint(t, modules))}
	for role, pool := range map[postgres.Role]**postgres.DB{postgres.App: &p.App, postgres.Claim: &p.Claim, postgres.System: &p.System} {
		db, err := postgres.Open(t.Context(), p.URL, role, postgres.Options{MaxConns: 8})
		if err != nil {
			t.Fatalf("dbtest: %v", err)
		}
		t.Cleanup(db.Close)
		*pool = db
	}
	return p
}

// fingerprint changes whenever a migration does.
func fingerprint(t testing.TB, modules []postgres.Module) string {
	t.Helper()
	hash := sha256.New()
	for _, m := range modules {
		fmt.Fprintln(hash, m.Schema)
		err := fs.WalkDir(m.Files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := fs.ReadFile(m.Files, path)
			fmt.Fprintln(hash, path, len(content))
			hash.Write(content)
			return err
		})
		if err != nil {
			t.Fatalf("dbtest: %v", err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}
