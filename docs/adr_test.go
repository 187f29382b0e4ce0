package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated pages of docs anew")

const adrHead = `# Decisions

Why the house is as it is: one file a decision that somebody could reasonably reverse. 0001 says how they are written.
This page is made by ` + "`go test ./docs -update`" + `.

| | decision | status | date |
| --- | --- | --- | --- |
`

// Every decision has the same form, a number without gaps, and its line in the index.
func TestDecisionsHaveTheirFormAndIndex(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("adr/[0-9]*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no decisions found: %v", err)
	}
	form := regexp.MustCompile(`(?s)\A# (\d+)\. ([^\n]+)\n\n- Date: (\d{4}-\d\d-\d\d)\n- Status: ([^\n]+)\n\n## Context\n\n.+\n\n## Decision\n\n.+\n\n## Consequences\n\n.+\n\z`)
	status := regexp.MustCompile(`\A(proposed|accepted|rejected|superseded by (\d{4}))\z`)
	var index bytes.Buffer
	index.WriteString(adrHead)
	for i, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		found := form.FindSubmatch(content)
		if found == nil {
			t.Errorf("%s has not the form of 0001", name)
			continue
		}
		if want := fmt.Sprintf("%04d-", i+1); !strings.HasPrefix(name, want) || string(found[1]) != strconv.Itoa(i+1) {
			t.Errorf("%s is the decision number %d: the numbers have no gaps", name, i+1)
		}
		said := status.FindSubmatch(found[4])
		if said == nil {
			t.Errorf("%s: the status %q is not in the list of 0001", name, found[4])
		} else if len(said[2]) > 0 {
			if later, _ := filepath.Glob("adr/" + string(said[2]) + "-*.md"); len(later) != 1 {
				t.Errorf("%s is superseded by %s, which does not exist", name, said[2])
			}
		}
		if lines := bytes.Count(content, []byte("\n")); lines > 60 {
			t.Errorf("%s has %d lines: about ten lines of text are enough", name, lines)
		}
		fmt.Fprintf(&index, "| [%s](%s) | %s | %s | %s |\n", name[:4], name, found[2], found[4], found[3])
	}
	fresh(t, "adr/README.md", index.Bytes())
}

// fresh holds a generated page to what it should be, or writes it with -update.
func fresh(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/%s is not fresh (%v): run make generate", path, err)
	}
}
