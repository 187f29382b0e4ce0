package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The decision about libraries names every direct dependency with its version, and no other.
func TestDirectDependenciesAreRecorded(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	versions, direct := map[string]string{}, map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^(?:require)?\s*([a-z][\w./-]+\.[\w./-]+) v(\S+)( // indirect)?$`).FindAllStringSubmatch(string(mod), -1) {
		versions[line[1]], direct[line[1]] = line[2], line[3] == ""
	}
	if len(versions) < 20 {
		t.Fatalf("only %d modules found in go.mod", len(versions))
	}
	paths, err := filepath.Glob("adr/*-direct-dependencies.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("the decision about libraries is missing: %v", err)
	}
	page, err := os.ReadFile(paths[len(paths)-1])
	if err != nil {
		t.Fatal(err)
	}
	permitted := map[string]bool{"MIT": true, "BSD-3-Clause": true, "Apache-2.0": true, "ISC": true, "MPL-2.0": true}
	recorded := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| [^|]+ \\| ([^|]+) \\| ([^|]+) \\|$").FindAllStringSubmatch(string(page), -1) {
		name, version, licence, use := row[1], strings.TrimSpace(row[2]), strings.TrimSpace(row[3]), row[4]
		recorded[name] = true
		if versions[name] != version {
			t.Errorf("%s is recorded at %s; go.mod says %q", name, version, versions[name])
		}
		if !permitted[licence] || licence == "MPL-2.0" && !strings.HasPrefix(use, "tests:") {
			t.Errorf("%s: the licence %s is not one that we take for this", name, licence)
		}
	}
	for name, is := range direct {
		if is && !recorded[name] {
			t.Errorf("%s is a direct dependency that no decision records", name)
		}
	}
}
