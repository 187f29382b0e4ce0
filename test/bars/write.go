package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// printTable is what a person at a terminal reads.
func printTable(w io.Writer, s *shelf, table []row) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "instance\tagents\tseats\tarcs\tengine, 1 thread\tall threads\tindex\tsolve\tnetwork simplex\tpruned\tratio\tfaster\tpeak MB\twall s")
	for i := range s.Daily {
		fmt.Fprintln(out, strings.Join(dailyCells(&s.Daily[i]), "\t"))
	}
	fmt.Fprintln(out)
	fmt.Fprintln(out, "bar\twhat\tmust\taim\tfigure\tother seeds\tverdict")
	for _, r := range table {
		fmt.Fprintln(out, strings.Join([]string{r.Bar, r.What, r.Must, r.Aim, r.Figure, r.Others, r.Verdict}, "\t"))
	}
	return out.Flush()
}

func dailyCells(r *dailyRecord) []string {
	name := r.Name
	if !r.Named {
		name += "-" + r.Seed
	}
	simplex, ratio, faster := "", "", ""
	if r.Simplex != nil {
		simplex = lemonSeconds(r.Simplex)
	}
	if r.Simplex != nil && r.Simplex.all() > 0 {
		ratio = fmt.Sprintf("%.1f", r.Simplex.all()/r.One.all())
		faster = fmt.Sprintf("%.1f", min(r.Simplex.all(), r.Pruned.all())/r.One.all())
	}
	return []string{
		name, thousands(int64(r.One.Agents)), thousands(r.One.Seats), thousands(r.Pruned.Arcs), seconds(r.One.all()), seconds(r.All.all()),
		seconds(r.One.Index), seconds(r.One.Solve), simplex, lemonSeconds(r.Pruned), ratio, faster,
		fmt.Sprintf("%.0f", float64(r.All.Outside.Bytes)/1e6), fmt.Sprintf("%.2f", r.All.Outside.Seconds),
	}
}

// writeDocs renews the measured part of engine.md, the plot, and the figures behind both.
func writeDocs(dir string, s *shelf, table []row) error {
	page := filepath.Join(dir, "engine.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	const begin, end = "<!-- measured: go run ./test/bars -bars none -docs docs -->\n", "<!-- end of measured -->"
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s: the two marks of the measured part expected", page)
	}
	if err := os.WriteFile(page, []byte(before+begin+"\n"+markdown(s, table)+end+after), 0o644); err != nil {
		return err
	}
	figures, err := json.MarshalIndent(struct {
		*shelf
		Bars []row `json:"bars"`
	}{s, table}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "engine-figures.json"), append(figures, '\n'), 0o644); err != nil {
		return err
	}
	if len(s.growing()) == 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, "engine-growth.svg"), []byte(growthPlot(s)), 0o644)
}

func markdown(s *shelf, table []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "On %d x %s, %s; commits %s.\n\n", s.Machine.Processors, s.Machine.Processor, s.Machine.Go, strings.Join(s.commits(), ", "))
	b.WriteString("| bar | what | must | aim | named instances | other seeds | reached |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range table {
		if r.Verdict == "not measured" {
			continue
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join([]string{r.Bar, r.What, r.Must, r.Aim, r.Figure, r.Others, r.Verdict}, " | "))
	}
	b.WriteString("\nSeconds of index and solve together (LEMON: listing arcs, building, solving); the engine on one thread and on all.\n\n")
	b.WriteString("| instance | agents | seats | arcs | one thread | all threads | index | solve | network simplex | pruned | ratio | to the faster | peak MB | wall s |\n")
	b.WriteString("| --- " + strings.Repeat("| ---: ", 13) + "|\n")
	for i := range s.Daily {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(dailyCells(&s.Daily[i]), " | "))
	}
	if len(s.growing()) > 0 {
		b.WriteString("\n![Growth from S to XXL](engine-growth.svg)\n")
	}
	b.WriteString("\n")
	return b.String()
}

func (s *shelf) commits() []string {
	var all []string
	add := func(o origin) { all = append(all, o.Commit) }
	for i := range s.Daily {
		add(s.Daily[i].origin)
	}
	for i := range s.Repair {
		add(s.Repair[i].origin)
	}
	for i := range s.Replay {
		add(s.Replay[i].origin)
	}
	for i := range s.Roster {
		add(s.Roster[i].origin)
	}
	for i := range s.Tasks {
		add(s.Tasks[i].origin)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// growing are the named instances of one family, by size.
func (s *shelf) growing() []*dailyRecord {
	var out []*dailyRecord
	for i := range s.Daily {
		if r := &s.Daily[i]; r.Named && slices.Contains(growthNames(), r.Name) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *dailyRecord) int { return int(a.Pruned.Arcs - b.Pruned.Arcs) })
	return out
}

func growthPlot(s *shelf) string {
	one := curve{label: "engine, one thread", colour: "#0a7"}
	all := curve{label: "all threads", colour: "#05a"}
	simplex := curve{label: "network simplex", colour: "#a30"}
	pruned := curve{label: "pruned simplex", colour: "#c80"}
	for _, r := range s.growing() {
		arcs := float64(r.Pruned.Arcs)
		one.points = append(one.points, point{r.Name, arcs, r.One.all()})
		all.points = append(all.points, point{r.Name, arcs, r.All.all()})
		pruned.points = append(pruned.points, point{r.Name, arcs, max(r.Pruned.all(), 0.001)})
		if r.Simplex != nil {
			simplex.points = append(simplex.points, point{r.Name, arcs, max(r.Simplex.all(), 0.001)})
		}
	}
	curves := []curve{pruned, one, all}
	if len(simplex.points) > 0 {
		curves = append(curves, simplex)
	}
	return plot("Index and solve from S to XXL", "eligible pairs (arcs)", "seconds", curves)
}

// lemonSeconds knows that the reference counts thousandths.
func lemonSeconds(r *lemonRun) string {
	if r.all() == 0 {
		return "below 0.001"
	}
	return seconds(r.all())
}

func seconds(v float64) string {
	switch {
	case v < 0.1:
		return fmt.Sprintf("%.4f", v)
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
