package docs_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/states.md draws exactly the states that the database permits: each diagram stands under the name of its table.
func TestStatesAreTheDatabases(t *testing.T) {
	t.Parallel()
	permitted, drawn := permittedStates(t), drawnStates(t)
	for table, states := range permitted {
		if drawn[table] == nil {
			t.Errorf("%s has the states %v, and docs/states.md does not draw them", table, states)
		} else if !slices.Equal(drawn[table], states) {
			t.Errorf("%s: docs/states.md draws %v, the database permits %v", table, drawn[table], states)
		}
	}
	for table := range drawn {
		if permitted[table] == nil {
			t.Errorf("docs/states.md draws %s, whose states no CHECK permits", table)
		}
	}
	if len(permitted) < 8 {
		t.Errorf("only %d tables with states were found", len(permitted))
	}
}

// permittedStates reads `state text ... check (state in (...))` out of all migrations; the last one counts.
func permittedStates(t *testing.T) map[string][]string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../*/migration/*.sql", "../*/*/migration/*.sql"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	statement := regexp.MustCompile(`(?is)(?:create|alter)\s+table\s+(?:if\s+not\s+exists\s+|only\s+)?(\w+\.\w+)(.*?);`)
	check := regexp.MustCompile(`(?is)check\s*\(\s*state\s+in\s*\(([^)]*)\)\s*\)`)
	quoted := regexp.MustCompile(`'([^']*)'`)
	comment := regexp.MustCompile(`(?m)--.*$`)
	permitted := map[string][]string{}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range statement.FindAllStringSubmatch(comment.ReplaceAllString(string(content), ""), -1) {
			list := check.FindStringSubmatch(found[2])
			if list == nil {
				continue
			}
			var states []string
			for _, state := range quoted.FindAllStringSubmatch(list[1], -1) {
				states = append(states, state[1])
			}
			slices.Sort(states)
			permitted[found[1]] = states
		}
	}
	return permitted
}

// drawnStates reads the diagrams: a heading that ends in the table's name in code, and under it a Mermaid state diagram.
func drawnStates(t *testing.T) map[string][]string {
	t.Helper()
	content, err := os.ReadFile("states.md")
	if err != nil {
		t.Fatal(err)
	}
	diagram := regexp.MustCompile("(?ms)^## [^\n]*`(\\w+\\.\\w+)`\n(.*?)```mermaid\nstateDiagram-v2\n(.*?)```")
	arrow := regexp.MustCompile(`(?m)^\s*(\[\*\]|\w+)\s*-->\s*(\[\*\]|\w+)`)
	drawn := map[string][]string{}
	for _, found := range diagram.FindAllStringSubmatch(string(content), -1) {
		if strings.Contains(found[2], "\n## ") {
			t.Errorf("%s has no diagram of its own", found[1])
			continue
		}
		states := map[string]bool{}
		for _, a := range arrow.FindAllStringSubmatch(found[3], -1) {
			for _, state := range a[1:] {
				if state != "[*]" {
					states[state] = true
				}
			}
		}
		drawn[found[1]] = slices.Sorted(maps.Keys(states))
	}
	return drawn
}
