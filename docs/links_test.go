package docs_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are the Markdown files that people are sent to, by their path from docs.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	read := func(path string) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[path] = string(content)
	}
	read("../README.md")
	read("../CHANGELOG.md")
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			read(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A link to a file of the repository leads to one.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for page, content := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(content, -1) {
			target, err := url.Parse(found[1])
			if err != nil || target.Scheme != "" || target.Path == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), target.Path)); err != nil {
				t.Errorf("%s links to %s, which is not there", page, found[1])
			}
		}
	}
}

// Every `make` target and `peakseat` command that a page names exists.
func TestCommandsExist(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(makefile), -1) {
		targets[found[1]] = true
	}
	source, err := os.ReadFile("../cmd/peakseat/main.go")
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]bool{}
	hump := regexp.MustCompile(`([a-z])([A-Z])`)
	for _, found := range regexp.MustCompile("(?m)^\\t(\\w+) +\\w+Cmd +`cmd:\"\"(?: name:\"([a-z-]+)\")?").FindAllStringSubmatch(string(source), -1) {
		name := found[2]
		if name == "" {
			name = strings.ToLower(hump.ReplaceAllString(found[1], "$1-$2"))
		}
		commands[name] = true
	}
	if !targets["test"] || !commands["serve"] || !commands["verify-credential"] {
		t.Fatalf("found the targets %v and the commands %v", targets, commands)
	}
	inCode := regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	target := regexp.MustCompile(`\bmake ([a-z]+)`)
	command := regexp.MustCompile(`\bpeakseat ([a-z]+(?:-[a-z]+)*)`)
	named := 0
	for page, content := range pages(t) {
		for _, code := range inCode.FindAllString(content, -1) {
			for _, found := range target.FindAllStringSubmatch(code, -1) {
				if named++; !targets[found[1]] {
					t.Errorf("%s names `make %s`, which the Makefile has not", page, found[1])
				}
			}
			for _, found := range command.FindAllStringSubmatch(code, -1) {
				if named++; !commands[found[1]] {
					t.Errorf("%s names `peakseat %s`, which the program has not", page, found[1])
				}
			}
		}
	}
	if named == 0 {
		t.Error("no page names a command")
	}
}

// The table of contexts in docs/architecture.md names every table that the migrations make.
func TestArchitectureNamesEveryTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`(?im)^\s*create table (\w+)\.(\w+) \(`)
	found := 0
	for _, pattern := range []string{"../*/migration/*.sql", "../*/*/migration/*.sql"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range made.FindAllStringSubmatch(string(content), -1) {
				found++
				row := regexp.MustCompile("(?m)^\\|[^|]*\\| `" + table[1] + "` \\| ([^|]*)\\|").FindStringSubmatch(string(page))
				if row == nil || !regexp.MustCompile(`\b`+table[2]+`\b`).MatchString(row[1]) {
					t.Errorf("docs/architecture.md does not name %s.%s", table[1], table[2])
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d tables were found", found)
	}
}
