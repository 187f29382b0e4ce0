package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Who may import whom, as docs/architecture.md says it. The files are parsed here, because a test that
// runs `go list` stays green from the test cache.
func TestImports(t *testing.T) {
	t.Parallel()
	contexts := []string{"api/account", "api/notice", "matcher", "academy", "certification", "billing", "quality"}
	pure := []string{"matcher/solver", "matcher/planner", "billing/tax", "academy/psychometrics", "academy/simulation", "certification/standing"}
	impure := []string{"net", "net/http", "os", "os/exec", "database/sql", "log", "log/slog", "math/rand", "syscall"}
	within := func(dir, of string) bool { return dir == of || strings.HasPrefix(dir, of+"/") }
	contextOf := func(dir string) string {
		for _, c := range contexts {
			if within(dir, c) {
				return c
			}
		}
		return ""
	}
	refuse := func(dir, imported string, test bool) string {
		ours, isOurs := strings.CutPrefix(imported, "peakseat/")
		from, to := contextOf(dir), contextOf(ours)
		switch {
		case test:
			return ""
		case slices.Contains(pure, dir) && (isOurs || strings.Contains(strings.Split(imported, "/")[0], ".") || slices.Contains(impure, imported)):
			return "it is pure: the standard library only, without input, output, clock or global randomness"
		case dir == "academy/exchange" && (isOurs || strings.Contains(strings.Split(imported, "/")[0], ".") && imported != "github.com/xuri/excelize/v2" || slices.Contains(append(impure, "time"), imported)):
			return "it is pure: the standard library and excelize only, without input, output or clock"
		case dir == "academy/marking" && (isOurs && ours != "academy/exchange" || strings.Contains(strings.Split(imported, "/")[0], ".") || slices.Contains(append(impure, "time"), imported)):
			return "it is pure: the standard library and the question's types only, without input, output or clock"
		case dir == "internal/fact" && (isOurs || strings.Contains(strings.Split(imported, "/")[0], ".")):
			return "facts are plain: the standard library only"
		case imported == "testing" && !strings.HasSuffix(dir, "test"):
			return "test code must not reach the program"
		case !isOurs || within(dir, "cmd") || within(dir, "test") || dir == "internal/app":
			return ""
		case ours == "internal/app":
			return "only cmd and tests see the whole program"
		case from != "" && to != "" && from != to:
			return "a context never imports another: ask through an interface, or follow its facts"
		case within(ours, "web"):
			return "only cmd imports the web app"
		case dir == "api" && !strings.HasPrefix(ours, "internal/"):
			return "the edge imports internal packages only"
		case strings.HasPrefix(dir, "internal/") && !strings.HasPrefix(ours, "internal/"):
			return "internal packages know no context"
		case strings.HasSuffix(ours, "test"):
			return "test packages are for tests"
		}
		return ""
	}
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			test := strings.HasSuffix(path, "_test.go") || strings.HasSuffix(dir, "test")
			if reason := refuse(dir, imported, test); reason != "" {
				t.Errorf("%s imports %s: %s", path, imported, reason)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The rules have one clock: no SQL says now() but the function that reads it.
func TestNoSQLReadsTheClock(t *testing.T) {
	t.Parallel()
	clock := regexp.MustCompile(`(?i)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|\b(current_timestamp|localtimestamp|current_date)\b`)
	allowed := []string{"internal/postgres/migration/0001_platform.sql", "internal/postgres/check.go", "internal/postgres/migration/0002_audit.sql", "internal/postgres/migration/0003_rules_clock.sql"}
	look := func(path, sql string) {
		for line := range strings.SplitSeq(sql, "\n") {
			line, _, _ = strings.Cut(line, "--")
			if word := clock.FindString(line); word != "" {
				t.Errorf("%s says %s in SQL: take the transaction's Now", path, word)
			}
		}
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains(allowed, filepath.ToSlash(strings.TrimPrefix(path, "../"))) {
			return err
		}
		switch {
		case strings.HasSuffix(path, ".sql"):
			content, err := os.ReadFile(path)
			look(path, string(content))
			return err
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
					look(path, text.Value)
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
