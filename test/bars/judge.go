package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// row is one bar, judged.
type row struct {
	Bar     string `json:"bar"`
	What    string `json:"what"`
	Must    string `json:"must"`
	Aim     string `json:"aim"`
	Figure  string `json:"figure"`
	Verdict string `json:"verdict"` // aim, must, missed, or not measured
	Others  string `json:"other_seeds,omitempty"`
}

// span is the figures of a set of instances.
type span struct {
	n           int
	least, most float64
	logs        float64
}

func (s *span) add(v float64) {
	if s.n == 0 || v < s.least {
		s.least = v
	}
	if s.n == 0 || v > s.most {
		s.most = v
	}
	s.n++
	s.logs += math.Log(v)
}

// mean is the geometric mean.
func (s *span) mean() float64 { return math.Exp(s.logs / float64(s.n)) }

func (s *span) String() string {
	if s.n == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%.1fx (%.1f to %.1f, %d instances)", s.mean(), s.least, s.most, s.n)
}

func verdict(measured, must, aim bool) string {
	switch {
	case !measured:
		return "not measured"
	case !must:
		return "missed"
	case !aim:
		return "must"
	}
	return "aim"
}

func judge(s *shelf) []row {
	rows := []row{s.sameAsLEMON()}
	all := func(r *dailyRecord) float64 {
		if r.Simplex == nil {
			return 0
		}
		return r.Simplex.all() / r.One.all()
	}
	faster := func(r *dailyRecord) float64 {
		if r.Simplex == nil {
			return 0
		}
		return min(r.Simplex.all(), r.Pruned.all()) / r.One.all()
	}
	alone := func(r *dailyRecord) float64 {
		if r.Simplex == nil {
			return 0
		}
		return r.Simplex.solve() / r.One.Solve
	}
	both := func(r *dailyRecord) float64 {
		if r.Simplex == nil {
			return 0
		}
		return r.Simplex.all() / r.All.all()
	}
	two := s.ratio("3b", fmt.Sprintf("network simplex / engine on %d threads", s.Machine.Processors), 0, 0, 0, both)
	two.Must, two.Aim, two.Verdict = "", "", "beside them"
	return append(rows,
		s.ownFigures(),
		s.ratio("2", "network simplex / engine, index and solve, one thread each", 6, 1.5, 15, all),
		s.ratio("3", "faster LEMON method / engine, one thread each", 3, 0, 8, faster),
		s.ratio("3b", "solve alone", 8, 0, 20, alone), two,
		s.largest("4", "XXL, loaded tables to certified plan, wall", "s", 6, 2, func(r *dailyRecord) float64 { return r.All.all() }),
		s.largest("5", "peak memory at XXL", "GiB", 1, 0.4, func(r *dailyRecord) float64 { return gib(max(r.All.Outside.Bytes, r.One.Outside.Bytes)) }),
		s.growth("L", "XXL", 1.15, 1.0), s.growth("W1", "W3", 1.6, 1.4),
		s.repairs(), s.replays(), s.rosters(), s.taskFiles())
}

func (s *shelf) sameAsLEMON() row {
	same, n := 0, 0
	var wrong []string
	for i := range s.Daily {
		r := &s.Daily[i]
		n++
		ok := r.Checked.Certified && r.Checked.Violations == 0 && r.Checked.Pairs == r.Pruned.Arcs
		for _, e := range []*engineRun{r.Checked, r.One, r.All} {
			ok = ok && e.Weight == r.Pruned.Weight && e.Quality == r.Pruned.Quality
			ok = ok && (r.Simplex == nil || e.Weight == r.Simplex.Weight && e.Quality == r.Simplex.Quality)
		}
		if ok {
			same++
		} else {
			wrong = append(wrong, r.Name+"-"+r.Seed)
		}
	}
	return row{
		Bar: "1", What: "daily (W, Q) equals LEMON's; certificate with 0 violations over as many pairs", Must: "every instance",
		Figure: strings.TrimSpace(fmt.Sprintf("%d of %d %s", same, n, strings.Join(wrong, " "))), Verdict: verdict(n > 0, same == n, true),
	}
}

// ownFigures compares what the engine says of itself with what its parent saw, where a run is long enough to tell.
func (s *shelf) ownFigures() row {
	const long = 1 // s; starting and ending the program takes 20 ms, which total_s cannot see
	n, worst := 0, 0.0
	for i := range s.Daily {
		for _, e := range []*engineRun{s.Daily[i].Checked, s.Daily[i].One, s.Daily[i].All} {
			if e.Outside.Seconds >= long {
				n++
				worst = max(worst, apart(e.Total, e.Outside.Seconds), apart(float64(e.Bytes), float64(e.Outside.Bytes)))
			}
		}
	}
	out := row{What: "total_s and peak_rss_bytes against what the parent saw, runs of 1 s and more", Must: "within 5 %", Figure: "not measured"}
	if n > 0 {
		out.Figure = fmt.Sprintf("within %.1f %% (%d runs)", 100*worst, n)
	}
	out.Verdict = verdict(n > 0, worst <= 0.05, true)
	return out
}

func apart(a, b float64) float64 { return math.Abs(a-b) / b }

// ratio judges the geometric mean over the instances of bars 2 and 3.
func (s *shelf) ratio(bar, what string, must, none, aim float64, of func(*dailyRecord) float64) row {
	var named, others span
	for i := range s.Daily {
		r := &s.Daily[i]
		v := of(r)
		if v == 0 || !slices.Contains(ratioNames(), r.Name) {
			continue
		}
		if r.Named {
			named.add(v)
		} else {
			others.add(v)
		}
	}
	out := row{Bar: bar, What: what, Must: fmt.Sprintf("%gx", must), Aim: fmt.Sprintf("%gx", aim), Figure: named.String()}
	if none > 0 {
		out.Must += fmt.Sprintf(", none under %gx", none)
	}
	ok := true
	for _, v := range []*span{&named, &others} {
		ok = ok && (v.n == 0 || v.mean() >= must && v.least >= none)
	}
	out.Verdict = verdict(named.n == len(ratioNames()), ok, ok && named.n > 0 && named.mean() >= aim)
	if others.n > 0 {
		out.Others = others.String()
	}
	return out
}

// largest judges a figure of XXL, the worst seed.
func (s *shelf) largest(bar, what, unit string, must, aim float64, of func(*dailyRecord) float64) row {
	out := row{Bar: bar, What: what, Must: fmt.Sprintf("%g %s", must, unit), Aim: fmt.Sprintf("%g %s", aim, unit), Figure: "not measured"}
	var named, others span
	for i := range s.Daily {
		if r := &s.Daily[i]; r.Name == "XXL" && r.Named {
			named.add(of(r))
		} else if r.Name == "XXL" {
			others.add(of(r))
		}
	}
	if named.n > 0 {
		out.Figure = fmt.Sprintf("%.2f %s", named.most, unit)
	}
	if others.n > 0 {
		out.Others = fmt.Sprintf("%.2f to %.2f %s (%d)", others.least, others.most, unit, others.n)
	}
	worst := max(named.most, others.most)
	out.Verdict = verdict(named.n > 0, worst <= must, worst <= aim)
	return out
}

// growth is the exponent between two named instances.
func (s *shelf) growth(from, to string, must, aim float64) row {
	out := row{
		Bar: "6", What: fmt.Sprintf("growth of index + solve in arcs, %s to %s, one thread", from, to),
		Must: fmt.Sprintf("%g", must), Aim: fmt.Sprintf("%.1f", aim), Figure: "not measured",
	}
	exponents := map[string]float64{}
	for i := range s.Daily {
		a := &s.Daily[i]
		for j := range s.Daily {
			b := &s.Daily[j]
			// Named with named; of the others, equal seeds.
			if a.Name == from && b.Name == to && a.Named == b.Named && (a.Named || a.Seed == b.Seed) {
				key := a.Seed
				if a.Named {
					key = "named"
				}
				exponents[key] = math.Log(b.One.all()/a.One.all()) / math.Log(float64(b.Pruned.Arcs)/float64(a.Pruned.Arcs))
			}
		}
	}
	named, there := exponents["named"]
	if !there {
		out.Verdict = "not measured"
		return out
	}
	out.Figure = fmt.Sprintf("%.2f", named)
	var others span
	worst := named
	for key, e := range exponents {
		if key != "named" {
			others.add(e)
			worst = max(worst, e)
		}
	}
	if others.n > 0 {
		out.Others = fmt.Sprintf("%.2f to %.2f (%d)", others.least, others.most, others.n)
	}
	out.Verdict = verdict(true, worst <= must, worst <= aim)
	return out
}

func (s *shelf) repairs() row {
	out := row{
		Bar: "7", What: "repair on XL, XLT, XXL, W2: p50 / p99 / max, the worst of them",
		Must: "100 µs / 3 ms / 10 ms", Aim: "40 µs / 1 ms / 2 ms", Figure: "not measured",
	}
	of := func(named bool) (n int, mid, high, most float64) {
		for i := range s.Repair {
			if r := &s.Repair[i]; r.Named == named {
				n++
				mid, high, most = max(mid, r.Engine.RepairMid), max(high, r.Engine.RepairHigh), max(most, r.Engine.RepairMost)
			}
		}
		return n, mid, high, most
	}
	text := func(n int, mid, high, most float64) string {
		return fmt.Sprintf("%.0f µs / %.2f ms / %.2f ms (%d instances)", mid, high/1000, most/1000, n)
	}
	n, mid, high, most := of(true)
	if n > 0 {
		out.Figure = text(n, mid, high, most)
	}
	k, mid2, high2, most2 := of(false)
	if k > 0 {
		out.Others = text(k, mid2, high2, most2)
	}
	mid, high, most = max(mid, mid2), max(high, high2), max(most, most2)
	out.Verdict = verdict(n == len(repairNames()), mid <= 100 && high <= 3000 && most <= 10_000, mid <= 40 && high <= 1000 && most <= 2000)
	return out
}

func (s *shelf) replays() row {
	out := row{Bar: "8", What: "10,000 mixed events: (W, Q) equals LEMON's of the changed files at every 500th", Must: "all", Figure: "not measured"}
	n, equal, points := 0, 0, 0
	for i := range s.Replay {
		n++
		equal += s.Replay[i].Equal
		points += s.Replay[i].Points
	}
	if n > 0 {
		out.Figure = fmt.Sprintf("%d of %d (%d instances)", equal, points, n)
	}
	out.Verdict = verdict(n > 0, equal == points, true)
	return out
}

func (s *shelf) rosters() row {
	out := row{
		Bar: "9", What: "roster P4 to P9 after 2 s, W below the exact optimum", Must: "mean 0.3 %, worst 0.8 %",
		Aim: "optimal on 5 of 6, Q within 0.3 %", Figure: "not measured",
	}
	type gaps struct {
		n, optimal         int
		sum, worst, worstQ float64
	}
	var g [2]gaps
	for i := range s.Roster {
		r := &s.Roster[i]
		if r.Weight == 0 {
			continue
		}
		k := &g[1]
		if r.Named {
			k = &g[0]
		}
		k.n++
		gap := 100 * (1 - float64(r.Engine.Weight)/float64(r.Weight))
		k.sum += gap
		k.worst = max(k.worst, gap)
		if r.Engine.Weight == r.Weight {
			k.optimal++
			k.worstQ = max(k.worstQ, 100*(1-float64(r.Engine.Quality)/float64(r.Quality)))
		}
	}
	text := func(k *gaps) string {
		return fmt.Sprintf("mean %.2f %%, worst %.2f %%; optimal on %d of %d, Q there within %.2f %%", k.sum/float64(k.n), k.worst, k.optimal, k.n, k.worstQ)
	}
	must, aim := true, true
	for i := range g {
		if k := &g[i]; k.n > 0 {
			must = must && k.sum/float64(k.n) <= 0.3 && k.worst <= 0.8
			aim = aim && 6*k.optimal >= 5*k.n && k.worstQ <= 0.3
		}
	}
	if g[0].n > 0 {
		out.Figure = text(&g[0])
	}
	if g[1].n > 0 {
		out.Others = text(&g[1])
	}
	out.Verdict = verdict(g[0].n == len(rosterNames()), must, aim)
	return out
}

func (s *shelf) taskFiles() row {
	out := row{
		Bar: "10", What: "personnel-task files, whole workforce: every task filled", Must: "all in 1 s each", Aim: "all in 0.2 s each",
		Figure: "not measured",
	}
	n, filled, slowest := 0, 0, 0.0
	for i := range s.Tasks {
		for _, f := range s.Tasks[i].Files {
			n++
			if f.Engine.Filled == f.Engine.Seats {
				filled++
			}
			slowest = max(slowest, f.Engine.Outside.Seconds)
		}
	}
	if n > 0 {
		out.Figure = fmt.Sprintf("%d of %d, the slowest in %.2f s", filled, n, slowest)
	}
	// A tenth of the limit is the program's start and end.
	out.Verdict = verdict(n > 0, filled == n && slowest <= 1.1, filled == n && slowest <= 0.2)
	return out
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }
