package fact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/events anew")

const schemas = "../../docs/events"

// What others may rely on is in docs/events, one JSON Schema a type. It is made of this package's source, so that a
// change of a fact shows as a change of its contract.
func TestSchemasAreFresh(t *testing.T) {
	t.Parallel()
	facts := readFacts(t)
	fresh := map[string][]byte{}
	for _, f := range facts.list {
		fresh[f.kind+".json"] = facts.schema(t, f)
	}
	if *update {
		write(t, fresh)
		return
	}
	for name, want := range fresh {
		got, err := os.ReadFile(filepath.Join(schemas, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the source says (%v): run make generate", name, err)
		}
	}
	for _, name := range written(t) {
		if fresh[name] == nil {
			t.Errorf("no fact is called %s: run make generate", name)
		}
	}
}

// Every fact names itself by its context, its noun and what happened, and nothing else that a struct holds is told.
func TestFactsNameThemselves(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, f := range readFacts(t).list {
		words := strings.Split(f.kind, ".")
		if len(words) != 5 || words[0] != "peakseat" || words[4] != "v1" {
			t.Errorf("%s calls itself %s, not peakseat.<context>.<noun>.<past verb>.v1", f.name, f.kind)
		}
		if other, taken := seen[f.kind]; taken {
			t.Errorf("%s and %s are both called %s", other, f.name, f.kind)
		}
		seen[f.kind] = f.name
	}
	if len(seen) < 20 {
		t.Errorf("only %d facts were found in the source", len(seen))
	}
}

// facts are the structs of the package's source, and of those the ones that are facts.
type facts struct {
	structs map[string]*ast.TypeSpec
	about   map[string]string // by struct: its comment
	list    []named
}

type named struct{ name, kind string }

func readFacts(t *testing.T) facts {
	t.Helper()
	f := facts{structs: map[string]*ast.TypeSpec{}, about: map[string]string{}}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.GenDecl:
				f.addStructs(d)
			case *ast.FuncDecl:
				f.addKind(t, d)
			}
		}
	}
	slices.SortFunc(f.list, func(a, b named) int { return strings.Compare(a.kind, b.kind) })
	return f
}

func (f *facts) addStructs(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		declared, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		if _, ok := declared.Type.(*ast.StructType); ok {
			f.structs[declared.Name.Name] = declared
			f.about[declared.Name.Name] = text(d.Doc)
		}
	}
}

// addKind reads `func (SeatTaken) Type() string { return "..." }`.
func (f *facts) addKind(t *testing.T, d *ast.FuncDecl) {
	t.Helper()
	if d.Recv == nil || d.Name.Name != "Type" {
		return
	}
	receiver, ok := d.Recv.List[0].Type.(*ast.Ident)
	if !ok {
		t.Fatalf("Type has a receiver that is no plain struct")
	}
	answer, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok {
		t.Fatalf("%s.Type does not return its name at once", receiver.Name)
	}
	literal, ok := answer.Results[0].(*ast.BasicLit)
	if !ok {
		t.Fatalf("%s.Type does not return a literal", receiver.Name)
	}
	kind, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	f.list = append(f.list, named{receiver.Name, kind})
}

// schema is the JSON Schema of a fact's payload: the member data of its CloudEvent.
func (f *facts) schema(t *testing.T, n named) []byte {
	t.Helper()
	about, ok := strings.CutPrefix(f.about[n.name], n.name)
	if !ok {
		t.Errorf("%s: a fact's comment begins with its name and says what became true", n.name)
	}
	about = strings.TrimLeft(about, ": ")
	root := members{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "https://peakseat.example/events/" + n.kind + ".json"},
		{"title", n.kind},
		{"description", about},
	}
	root = append(root, f.object(t, n.name)...)
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	lines.SetIndent("", "  ")
	if err := lines.Encode(root); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// object is the schema of a struct as encoding/json writes it. Members that are not named here may come within a
// version; consumers ignore them.
func (f *facts) object(t *testing.T, name string) members {
	t.Helper()
	declared := f.structs[name]
	if declared == nil {
		t.Fatalf("%s is no struct of this package", name)
	}
	var properties members
	var required []string
	for _, field := range declared.Type.(*ast.StructType).Fields.List { //nolint:forcetypeassert // only structs are kept
		tag, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			t.Fatal(err)
		}
		member, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if member == "" || len(field.Names) != 1 {
			t.Fatalf("%s: every field has a json name of its own", name)
		}
		optional := strings.Contains(options, "omit")
		schema := f.typed(t, field.Type, field.Names[0].Name, optional)
		if about := text(field.Doc); about != "" {
			schema = append(schema, pair{"description", about})
		}
		properties = append(properties, pair{member, schema})
		if !optional {
			required = append(required, member)
		}
	}
	return members{{"type", "object"}, {"properties", properties}, {"required", required}}
}

// typed is the schema of one field's type. A slice that is not left out may be null, as Go writes a nil one.
func (f *facts) typed(t *testing.T, e ast.Expr, field string, optional bool) members {
	t.Helper()
	switch of := e.(type) {
	case *ast.Ident:
		switch of.Name {
		case "string":
			if strings.HasSuffix(field, "ID") || strings.HasSuffix(field, "IDs") {
				return members{{"type", "string"}, {"format", "uuid"}}
			}
			return members{{"type", "string"}}
		case "bool":
			return members{{"type", "boolean"}}
		case "int", "int64":
			return members{{"type", "integer"}}
		}
		return append(f.object(t, of.Name), pair{"description", f.about[of.Name]})
	case *ast.SelectorExpr:
		if of.Sel.Name == "Time" {
			return members{{"type", "string"}, {"format", "date-time"}}
		}
	case *ast.ArrayType:
		items := pair{"items", f.typed(t, of.Elt, field, true)}
		if optional {
			return members{{"type", "array"}, items}
		}
		return members{{"type", []string{"array", "null"}}, items}
	}
	t.Fatalf("%s: the generator does not know this type; facts are made of texts, numbers, times and lists", field)
	return nil
}

// members is a JSON object that keeps its order.
type members []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON writes the members as they stand.
func (m members) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	for i, p := range m {
		var value bytes.Buffer
		plain := json.NewEncoder(&value)
		plain.SetEscapeHTML(false)
		if err := plain.Encode(p.value); err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%c%q:%s", "{,"[min(i, 1)], p.name, value.Bytes())
	}
	if len(m) == 0 {
		out.WriteByte('{')
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// text is a comment on one line.
func text(g *ast.CommentGroup) string { return strings.Join(strings.Fields(g.Text()), " ") }

func written(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(schemas)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	return names
}

func write(t *testing.T, fresh map[string][]byte) {
	t.Helper()
	for _, name := range written(t) {
		if fresh[name] == nil {
			if err := os.Remove(filepath.Join(schemas, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.MkdirAll(schemas, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range fresh {
		if err := os.WriteFile(filepath.Join(schemas, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
