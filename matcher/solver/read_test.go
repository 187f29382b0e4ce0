package solver_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"peakseat/matcher/solver"
)

const (
	agentsHead    = "agent_id,rating,price_cents,idle_days,week_cap_shifts,day_cap_h,week_cap_h,min_rest_h,channels,langs,tags,avail\n"
	demandsHead   = "demand_id,merchant_id,day,start_h,end_h,seats,priority,channel,lang,min_rating,tags\n"
	relationsHead = "merchant_id,agent_id,kind,value\n"

	agentRow    = "0,420,3000,5,3,8,40,8,1,1,8:2;20:1,9-18;33-42\n"
	demandRow   = "0,0,1,33,37,2,3,0,0,380,8:1\n"
	relationRow = "0,0,fav,4\n"
)

func read(agents, demands, relations string) (*solver.Problem, *solver.Names, error) {
	return solver.Read(
		solver.File{Name: "agents.csv", Reader: strings.NewReader(agents)},
		solver.File{Name: "demands.csv", Reader: strings.NewReader(demands)},
		solver.File{Name: "relations.csv", Reader: strings.NewReader(relations)},
	)
}

func TestReadTakesTheFormat(t *testing.T) {
	t.Parallel()
	p, n, err := read(
		agentsHead+"7,420,3000,5,3,8,40,8,1,1,8:2;20:1,9-18;33-42\n3,300,0,0,0,0,0,0,4,2,,\n",
		demandsHead+"40,900,1,33,37,2,3,0,0,380,8:1\n2,11,0,23,28,1,1,2,1,300,",
		relationsHead+"900,7,fav,4\n11,3,block,1\n5000,3,exp,2\n",
	)
	if err != nil {
		t.Fatal(err)
	}
	a := p.Agent(0)
	if p.Agents() != 2 || a.Rating != 420 || a.DayMinutes != 480 || a.RestSameDay != 480 || a.RestOtherDay != 480 ||
		len(a.Tags) != 2 || a.Tags[1].Tag() != 20 || a.Tags[1].Level() != 1 || len(a.Free) != 2 || a.Free[1].End != 42*60 {
		t.Errorf("agent 0 came out as %+v", a)
	}
	l := p.Line(0)
	if p.Lines() != 2 || p.Seats() != 3 || l.Weight != 10 || l.Start != 33*60 || l.Day != 1 || l.MinRating != 380 {
		t.Errorf("line 0 came out as %+v", l)
	}
	plan := solve(t, p)
	var out bytes.Buffer
	if err := solver.WritePlan(&out, plan.Seats, n); err != nil {
		t.Fatal(err)
	}
	if want := "demand_id,agent_id\n40,7\n"; out.String() != want {
		t.Errorf("plan %q, want %q", out.String(), want)
	}
	if want := int64(10000 - (10000 - 1200 - 1000 - 100 - 500 - 400)); plan.Quality != want {
		t.Errorf("Q %d, want %d", plan.Quality, want)
	}
}

func TestReadSaysWhereAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	agent := func(row string) [3]string { return [3]string{agentsHead + agentRow + row, demandsHead, relationsHead} }
	demand := func(row string) [3]string {
		return [3]string{agentsHead + agentRow, demandsHead + demandRow + row, relationsHead}
	}
	relation := func(row string) [3]string {
		return [3]string{agentsHead + agentRow, demandsHead + demandRow, relationsHead + relationRow + row}
	}
	for name, c := range map[string]struct {
		files [3]string
		want  string
	}{
		"no header":            {[3]string{"", demandsHead, relationsHead}, "agents.csv:1: header"},
		"another header":       {[3]string{agentsHead, "a,b\n", relationsHead}, "demands.csv:1: header"},
		"price too high":       {agent("1,420,6001,5,3,8,40,8,1,1,,\n"), "agents.csv:3: price_cents of 0 to 6000 expected"},
		"price below 0":        {agent("1,420,-1,5,3,8,40,8,1,1,,\n"), "agents.csv:3: price_cents of 0 to 6000 expected"},
		"rating":               {agent("1,299,0,5,3,8,40,8,1,1,,\n"), "agents.csv:3: rating of 300 to 500 expected"},
		"agent again":          {agent("0,420,0,5,3,8,40,8,1,1,,\n"), "agents.csv:3: a new agent_id expected"},
		"too few columns":      {agent("1,420,0,5\n"), "agents.csv:3: the columns of the header expected"},
		"too many columns":     {agent("1,420,0,5,3,8,40,8,1,1,,,\n"), "agents.csv:3: the columns of the header expected"},
		"a word":               {agent("1,good,0,5,3,8,40,8,1,1,,\n"), "agents.csv:3: rating of 300 to 500 expected"},
		"an empty line":        {agent("\n1,420,0,5,3,8,40,8,1,1,,\n"), "agents.csv:3: agent_id of at least 0 expected"},
		"level 0":              {agent("1,420,0,5,3,8,40,8,1,1,8:0,\n"), "agents.csv:3: tags as"},
		"level 6":              {agent("1,420,0,5,3,8,40,8,1,1,8:6,\n"), "agents.csv:3: tags as"},
		"tag without level":    {agent("1,420,0,5,3,8,40,8,1,1,8,\n"), "agents.csv:3: tags as"},
		"tag list that ends":   {agent("1,420,0,5,3,8,40,8,1,1,8:1;,\n"), "agents.csv:3: tags as"},
		"tag twice":            {agent("1,420,0,5,3,8,40,8,1,1,8:1;8:2,\n"), "agents.csv:3: each tag once expected"},
		"empty interval":       {agent("1,420,0,5,3,8,40,8,1,1,,9-9\n"), "agents.csv:3: avail as"},
		"interval backwards":   {agent("1,420,0,5,3,8,40,8,1,1,,18-9\n"), "agents.csv:3: avail as"},
		"half an interval":     {agent("1,420,0,5,3,8,40,8,1,1,,9-\n"), "agents.csv:3: avail as"},
		"interval list ends":   {agent("1,420,0,5,3,8,40,8,1,1,,9-10;\n"), "agents.csv:3: avail as"},
		"a number of 30 digit": {agent("100000000000000000000000000000,420,0,5,3,8,40,8,1,1,,\n"), "agents.csv:3: agent_id"},
		"priority 4":           {demand("1,0,1,33,37,2,4,0,0,380,\n"), "demands.csv:3: priority of 1 to 3 expected"},
		"no seats":             {demand("1,0,1,33,37,0,1,0,0,380,\n"), "demands.csv:3: seats of 1 to"},
		"demand again":         {demand("0,0,1,33,37,2,1,0,0,380,\n"), "demands.csv:3: a new demand_id expected"},
		"window backwards":     {demand("1,0,1,37,33,2,1,0,0,380,\n"), "demands.csv:3: window of"},
		"another day":          {demand("1,0,0,33,37,2,1,0,0,380,\n"), "demands.csv:3: day 1 expected"},
		"channel 32":           {demand("1,0,1,33,37,2,1,32,0,380,\n"), "demands.csv:3: channel of 0 to 31 expected"},
		"unknown agent":        {relation("0,1,exp,1\n"), "relations.csv:3: an agent_id of agents.csv expected, got 1"},
		"unknown kind":         {relation("1,0,likes,1\n"), "relations.csv:3: kind exp, fav or block expected"},
		"pair again":           {relation("0,0,exp,1\n"), "relations.csv:3: one row a merchant and agent expected"},
		"missing value":        {relation("1,0,exp\n"), "relations.csv:3: the columns of the header expected"},
		"a very long line":     {agent(strings.Repeat("1", 3<<20)), "agents.csv:3: a line of less than 1 MiB expected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(c.files[0], c.files[1], c.files[2])
			var input *solver.InputError
			if !errors.As(err, &input) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want an input error that begins with %q", err, c.want)
			}
		})
	}
}

func TestReadPassesAReadersErrorOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	_, _, err := solver.Read(
		solver.File{Name: "agents.csv", Reader: io.MultiReader(strings.NewReader(agentsHead+agentRow), iotest.ErrReader(broken))},
		solver.File{}, solver.File{},
	)
	var input *solver.InputError
	if !errors.Is(err, broken) || errors.As(err, &input) {
		t.Errorf("got %v, want the reader's error and no input error", err)
	}
}

// Where the buffer ends must not matter.
func TestReadByTheByte(t *testing.T) {
	t.Parallel()
	byByte := func(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) }
	rows := agentsHead
	var rowsSb138 strings.Builder
	for i := range 2000 {
		rowsSb138.WriteString(strings.Replace(agentRow, "0", string(rune('1'+i/1000))+strings.Repeat("0", 1)+itoa3(i%1000), 1))
	}
	rows += rowsSb138.String()
	p, _, err := solver.Read(
		solver.File{Name: "a", Reader: byByte(rows)},
		solver.File{Name: "d", Reader: byByte(demandsHead + strings.TrimSuffix(demandRow, "\n"))},
		solver.File{Name: "r", Reader: byByte(relationsHead)},
	)
	if err != nil || p.Agents() != 2000 || p.Lines() != 1 {
		t.Fatalf("got %v", err)
	}
}

func itoa3(i int) string {
	return string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)})
}

// Whatever comes in, the reader says where it is wrong or hands out a problem that solves and certifies.
func FuzzRead(f *testing.F) {
	f.Add(agentsHead+agentRow, demandsHead+demandRow, relationsHead+relationRow)
	f.Add(agentsHead+"5,300,6000,0,0,0,0,0,0,0,,\n", demandsHead+"9,3,0,1,2,1,1,31,31,0,\n", relationsHead+"9,5,block,0\n")
	f.Add("", "", "")
	f.Add(agentsHead+"1,2,3\n", demandsHead+",,,\n", relationsHead+"\n")
	f.Fuzz(func(t *testing.T, agents, demands, relations string) {
		p, _, err := read(agents, demands, relations)
		if err != nil {
			var input *solver.InputError
			if !errors.As(err, &input) || input.Line < 1 || input.Expected == "" {
				t.Fatalf("error without place: %v", err)
			}
			return
		}
		if p.Seats() > 1000 {
			t.Skip("larger than a fuzz run has time for")
		}
		if v := solver.Certify(p, solve(t, p)); v.Violations != 0 {
			t.Fatalf("certificate: %q", v.First)
		}
	})
}
