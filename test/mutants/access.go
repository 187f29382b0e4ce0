package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ruleVariable chooses the access rule that is changed in a rewritten binary: "17 widen".
const ruleVariable = "PEAKSEAT_MUTANT_RULE"

// chooser is what the rewritten program asks for each of its rules. It is part of package web in rewritten test binaries only.
const chooser = `package web

import "os"

// Mutated is the rule numbered n, or what the environment makes of it.
func Mutated(n string, rule Access) Access {
	switch os.Getenv("` + ruleVariable + `") {
	case n + " widen":
		if rule&^SignedIn == 0 && rule&SignedIn != SignedIn {
			return SignedIn
		}
		return rule | Anyone
	case n + " add":
		for _, one := range []Access{Viewer, Trainer, Finance, Booker, Agent, Operator} {
			if rule&one == 0 {
				return rule | one
			}
		}
	case n + " narrow":
		if rule&Trainer == 0 || rule&Anyone != 0 {
			return Trainer
		}
		return Viewer
	}
	return rule
}
`

// accessMutants rewrites every access rule to one that the environment can change, and lists them: widened to everybody who
// is signed in (or to anybody), widened by one role, and narrowed.
func accessMutants(t *tree) (list []mutant, err error) {
	replaced := map[string]string{}
	err = filepath.WalkDir(t.Dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != t.Dir || d.Name() == "node_modules" || path == filepath.Join(t.Dir, "bin") || path == filepath.Join(t.Dir, "test")):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		found, rewritten, err := rewrite(path)
		if err != nil || len(found) == 0 {
			return err
		}
		inside, err := filepath.Rel(t.Dir, path)
		if err != nil {
			return fmt.Errorf("find %s: %w", path, err)
		}
		for _, rule := range found {
			for _, how := range rule.changes {
				list = append(list, mutant{Name: fmt.Sprintf("access %s %s %s", rule.operation, how, filepath.ToSlash(inside)), Kind: access, Rule: rule.number + " " + how})
			}
		}
		copied := filepath.Join(t.binaries, "rewritten", inside)
		replaced[path] = copied
		return write(copied, rewritten)
	})
	if err != nil {
		return nil, fmt.Errorf("rewrite the access rules: %w", err)
	}
	added := filepath.Join(t.binaries, "rewritten", "mutated.go")
	replaced[filepath.Join(t.Dir, "internal", "web", "mutated.go")] = added
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return nil, fmt.Errorf("write the overlay: %w", err)
	}
	if err := write(added, []byte(chooser)); err != nil {
		return nil, err
	}
	return list, write(t.overlay(), overlay)
}

// overlay names the file that tells the compiler which files are replaced.
func (t *tree) overlay() string { return filepath.Join(t.binaries, "overlay.json") }

func write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.WriteFile(path, content, 0o600)
}

// rule is one access rule of the source.
type rule struct {
	number, operation string
	changes           []string
}

// rewrite finds the operations of a file and puts each one's rule behind web.Mutated. A rule's number is the operation, which
// stays the same when files change.
func rewrite(path string) (found []rule, source []byte, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok || !isOperation(literal.Type) {
			return true
		}
		operation := strings.TrimSpace(textOf(literal, "Method") + " " + textOf(literal, "Path"))
		for _, element := range literal.Elts {
			field, ok := element.(*ast.KeyValueExpr)
			if name, isName := field.Key.(*ast.Ident); !ok || !isName || name.Name != "Access" {
				continue
			}
			changes := []string{"widen", "add", "narrow"}
			if all, ok := field.Value.(*ast.SelectorExpr); ok && all.Sel.Name == "Anyone" {
				changes = []string{"narrow"}
			} else if ok && all.Sel.Name == "SignedIn" {
				changes = []string{"widen", "narrow"}
			}
			field.Value = &ast.CallExpr{
				Fun:  &ast.SelectorExpr{X: ast.NewIdent("web"), Sel: ast.NewIdent("Mutated")},
				Args: []ast.Expr{&ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(operation)}, field.Value},
			}
			found = append(found, rule{number: operation, operation: operation, changes: changes})
		}
		return true
	})
	var out bytes.Buffer
	if err := printer.Fprint(&out, files, file); err != nil {
		return nil, nil, fmt.Errorf("rewrite %s: %w", path, err)
	}
	return found, out.Bytes(), nil
}

func isOperation(of ast.Expr) bool {
	selector, ok := of.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Op" {
		return false
	}
	from, ok := selector.X.(*ast.Ident)
	return ok && from.Name == "web"
}

// textOf is a field of an operation as it is written: "POST", "/offers/{id}".
func textOf(literal *ast.CompositeLit, name string) string {
	for _, element := range literal.Elts {
		field, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := field.Key.(*ast.Ident)
		if !ok || key.Name != name {
			continue
		}
		switch value := field.Value.(type) {
		case *ast.BasicLit:
			text, _ := strconv.Unquote(value.Value)
			return text
		case *ast.SelectorExpr:
			return strings.ToUpper(strings.TrimPrefix(value.Sel.Name, "Method"))
		}
	}
	return ""
}
