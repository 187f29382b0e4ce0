package solver_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peakseat/matcher/solver"
)

// Each falsified plan must be caught: a check that says yes to everything proves nothing.
func TestCertifyCatchesFalsePlans(t *testing.T) {
	t.Parallel()
	falsify := map[string]func(*solver.Plan){
		"a seat less": func(p *solver.Plan) { p.Seats, p.Prices.Seat = p.Seats[1:], p.Prices.Seat[1:] },
		"a seat twice": func(p *solver.Plan) {
			p.Seats = append(p.Seats, p.Seats[0])
			p.Prices.Seat = append(p.Prices.Seat, p.Prices.Seat[0])
		},
		"another W":           func(p *solver.Plan) { p.Weight++ },
		"another Q":           func(p *solver.Plan) { p.Quality++ },
		"a line's price":      func(p *solver.Plan) { p.Prices.Line[p.Seats[0].Line] = 0 },
		"a line's high price": func(p *solver.Plan) { p.Prices.Line[p.Seats[0].Line] = p.Prices.Big * 1000 },
		"a seat's price":      func(p *solver.Plan) { p.Prices.Seat[0] = p.Prices.Line[p.Seats[0].Line] + 1 },
		"an agent's price":    func(p *solver.Plan) { p.Prices.Agent = append(p.Prices.Agent, solver.AgentPrice{Agent: 0, Price: -1}) },
		"a lower scale":       func(p *solver.Plan) { p.Prices.Big = 1 },
		"an unknown agent":    func(p *solver.Plan) { p.Seats[0].Agent = 1 << 20 },
		"a price beyond all":  func(p *solver.Plan) { p.Prices.Line[p.Seats[0].Line] = math.MaxInt64 },
		"a missing price":     func(p *solver.Plan) { p.Prices.Seat = p.Prices.Seat[1:] },
		"a bound too low":     func(p *solver.Plan) { p.UpperBoundWeight-- },
	}
	for name, change := range falsify {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := drawSmall(t).withWork()
				p := s.problem()
				plan := solve(t, p)
				change(plan)
				if solver.Certify(p, plan).Violations == 0 {
					t.Fatal("the false plan passed")
				}
			})
		})
	}
}

// A plan is not good for a problem in which a merchant has blocked one of its agents.
func TestCertifyCatchesAnAgentWhoMayNotWork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t).withWork()
		plan := solve(t, s.problem())
		agent, merchant := plan.Seats[0].Agent, int32(s.lines[plan.Seats[0].Line].Merchant)
		s.relations = slices.DeleteFunc(s.relations, func(r solver.Relation) bool { return r.Agent == agent && r.Merchant == merchant })
		s.relations = append(s.relations, solver.Relation{Merchant: merchant, Agent: agent, Kind: solver.Block})
		if solver.Certify(s.problem(), plan).Violations == 0 {
			t.Fatal("a plan with a blocked agent passed")
		}
	})
}

// The checks must not lean on what they check: they may use what the files named here declare, no other.
func TestCertifySharesNothingWithTheSolver(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	pkg, err := conf.Check("peakseat/matcher/solver", set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string][]string{
		"certify.go":      {"problem.go", "plan.go", "certify.go"},
		"roster_check.go": {"problem.go", "plan.go", "certify.go", "roster_check.go"},
	}
	used := map[string]int{}
	for id, object := range info.Uses {
		file := set.Position(id.Pos()).Filename
		if object.Pkg() != pkg || allowed[file] == nil {
			continue
		}
		used[file]++
		if from := set.Position(object.Pos()).Filename; !slices.Contains(allowed[file], from) {
			t.Errorf("%s uses %s of %s", file, object.Name(), from)
		}
	}
	if len(used) != len(allowed) {
		t.Fatal("a file with no use found: the test looks at the wrong one")
	}
}

// Every eligible pair is held against the prices, also those that no plan uses.
func TestCertifyLooksAtEveryEligiblePair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		p := s.problem()
		want := int64(0)
		for l := range s.lines {
			for a := range s.agents {
				if len(p.Why(int32(l), int32(a))) == 0 {
					want++
				}
			}
		}
		if got := solver.Certify(p, solve(t, p)).Pairs; got != want {
			t.Fatalf("%d pairs checked, %d are eligible", got, want)
		}
	})
}
