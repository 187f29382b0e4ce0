package main

import (
	"fmt"
	"strconv"
	"strings"

	"peakseat/matcher/solver"
)

// explain writes for people why a demand's seats are held by whom they are, and with an agent named why not by this one.
func (c *matchCmd) explain(w output, p *solver.Problem, names *solver.Names, plan *solver.Plan, o solver.Options) error {
	demand, agent, one := strings.Cut(c.Explain, ",")
	t := teller{output: w, p: p, names: names, plan: plan, o: o}
	var ok bool
	if t.line, ok = find(demand, names.FindLine); !ok {
		return badInput{fmt.Errorf("--explain: a demand_id of demands.csv expected, got %q", demand)}
	}
	if !plan.Complete {
		fmt.Fprintln(w, "The time limit ended the plan early: there are no prices to explain it by.")
		return nil
	}
	t.demand()
	if !one {
		return t.emptySeat()
	}
	a, ok := find(agent, names.FindAgent)
	if !ok {
		return badInput{fmt.Errorf("--explain: an agent_id of agents.csv expected, got %q", agent)}
	}
	return t.agent(a)
}

func find(text string, in func(int64) (int32, bool)) (int32, bool) {
	id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || id < 0 {
		return 0, false
	}
	return in(id)
}

// teller explains one line.
type teller struct {
	output
	p     *solver.Problem
	names *solver.Names
	plan  *solver.Plan
	o     solver.Options
	line  int32
}

func (t *teller) say(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// demand tells what is asked for, who is left for it, and who got it.
func (t *teller) demand() {
	l := t.p.Line(t.line)
	holders := t.p.Holders(t.plan, t.line)
	t.say("Demand %d: %s, %d of %d seats filled, worth %d each; asks for %s.",
		t.names.Line(t.line), window(l.Start, l.End), len(holders), l.Seats, l.Weight, asks(&l))
	funnel := t.p.Explain(t.line)
	t.say("Of %d agents %d may work it.", funnel.Agents, funnel.Eligible)
	for _, loss := range funnel.Losses {
		if loss.Lost > 0 {
			t.say("  %d fail at %s", loss.Lost, rule(loss.Rule, loss.Tag))
		}
	}
	for _, h := range holders {
		t.say("  agent %d works it at cost %d, a day priced at %s", t.names.Agent(h.Agent), h.Cost, t.price(h.Price))
	}
}

func (t *teller) emptySeat() error {
	x, err := solver.Prepare(t.p, t.o)
	if err != nil {
		return err
	}
	b, empty := x.Bottleneck(t.plan, t.line)
	if !empty {
		t.say("No seat is empty.")
		return nil
	}
	if b.Agents == 0 {
		t.say("A seat is empty because nobody may work it.")
	} else {
		t.say("A seat is empty: %d demands in %s that ask for %s share %d agents, who can fill %d of their %d seats, however they are moved.",
			len(b.Lines), window(b.Start, b.End), tags(b.Tags), b.Agents, b.Filled, b.Seats)
	}
	remedies, err := x.Remedies(t.plan, t.line, t.o)
	if err != nil {
		return err
	}
	if len(remedies) == 0 {
		t.say("No small change fills it.")
	}
	for i := range remedies {
		r := &remedies[i]
		t.say("  It would be filled %s (W %+d, Q %+d).", change(r), r.Weight, r.Quality)
	}
	return nil
}

func (t *teller) agent(a int32) error {
	id := t.names.Agent(a)
	if why := t.p.Why(t.line, a); len(why) > 0 {
		t.say("Agent %d may not work it:", id)
		for _, f := range why {
			t.say("  %s", failure(f))
		}
		return nil
	}
	short, ok := t.p.Short(t.plan, t.line, a)
	if !ok {
		t.say("Agent %d works it.", id)
		return nil
	}
	t.say("Agent %d may work it, at cost %d; the agent's day is priced at %s, the demand at %s: %s short.",
		id, short.Cost, t.price(short.Day), t.price(short.Line), t.price(short.By))
	switch {
	case short.Instead >= 0:
		t.say("  That day the agent works demand %d, which is worth more to the plan.", t.names.Line(short.Instead))
	case short.Capped:
		t.say("  The agent has all shifts of the week already, on days that are worth more to the plan.")
	}
	if holders := t.p.Holders(t.plan, t.line); len(holders) > 0 {
		h := holders[0]
		t.say("  The one chosen last is agent %d, at cost %d and a day priced at %s.", t.names.Agent(h.Agent), h.Cost, t.price(h.Price))
	}
	other, ok, err := t.p.Alternative(t.plan, t.line, a, t.o)
	if err != nil || !ok {
		return err
	}
	t.say("  The best plan with agent %d here loses W %d and Q %d:", id, other.Weight, other.Quality)
	const most = 10 // a chain of more is nothing that a person follows
	for _, s := range other.Gone[:min(most, len(other.Gone))] {
		t.say("    agent %d leaves demand %d", t.names.Agent(s.Agent), t.names.Line(s.Line))
	}
	for _, s := range other.Instead[:min(most, len(other.Instead))] {
		t.say("    agent %d works demand %d", t.names.Agent(s.Agent), t.names.Line(s.Line))
	}
	if n := len(other.Gone) + len(other.Instead); n > 2*most {
		t.say("    and so on, %d changes in all", n)
	}
	return nil
}

// price writes a price as what it stands for: seats' worth of W, and Q.
func (t *teller) price(v int64) string {
	w, q := t.plan.Prices.Split(v)
	if w == 0 {
		return strconv.FormatInt(q, 10)
	}
	return fmt.Sprintf("W %d and %d", w, q)
}

func change(r *solver.Remedy) string {
	switch r.Kind {
	case solver.RemedyLevel:
		if r.Tag.Level() == 1 {
			return fmt.Sprintf("without tag %d", r.Tag.Tag())
		}
		return fmt.Sprintf("with level %d of tag %d in place of %d", r.Tag.Level()-1, r.Tag.Tag(), r.Tag.Level())
	case solver.RemedyWindow:
		return "at " + window(r.Seat.Start, r.Seat.End)
	case solver.RemedyAgents:
		free := r.Agent.Free[0]
		return fmt.Sprintf("by %d more with %s who is free in %s", r.Count, tags(r.Agent.Tags), window(free.Start, free.End))
	}
	return string(r.Kind)
}

func failure(f solver.Failure) string {
	name := rule(f.Rule, f.Tag)
	switch f.Rule {
	case solver.RuleTag:
		if f.Have == 0 {
			return fmt.Sprintf("%s: level %d asked, not held", name, f.Need)
		}
		return fmt.Sprintf("%s: level %d asked, %d held", name, f.Need, f.Have)
	case solver.RuleRating:
		return fmt.Sprintf("%s: %.2f asked, %.2f held", name, float64(f.Need)/100, float64(f.Have)/100)
	case solver.RuleAvailability:
		return fmt.Sprintf("%s: free for %d of %d minutes", name, f.Have, f.Need)
	case solver.RuleRest:
		return fmt.Sprintf("%s: %d minutes to the next shift, %d asked", name, f.Have, f.Need)
	case solver.RuleShiftLength, solver.RuleDayHours, solver.RuleWeekHours:
		return fmt.Sprintf("%s: %d minutes, %d allowed", name, f.Have, f.Need)
	case solver.RuleWeekShifts:
		return fmt.Sprintf("%s: %d held, %d allowed", name, f.Have, f.Need)
	case solver.RuleChannel, solver.RuleLanguage, solver.RuleBlock, solver.RuleExcluded, solver.RuleOneShiftADay:
	}
	return name
}

func rule(r solver.Rule, tag int) string {
	if r == solver.RuleTag {
		return fmt.Sprintf("tag %d", tag)
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

func asks(l *solver.Line) string {
	out := fmt.Sprintf("%s, channel %d, language %d", tags(l.Tags), l.Channel, l.Language)
	if l.MinRating > solver.MinRating {
		out += fmt.Sprintf(", rating %.2f", float64(l.MinRating)/100)
	}
	return out
}

func tags(list []solver.TagLevel) string {
	if len(list) == 0 {
		return "no tag"
	}
	var out []string
	for _, t := range list {
		out = append(out, fmt.Sprintf("tag %d at level %d", t.Tag(), t.Level()))
	}
	return strings.Join(out, ", ")
}

// window writes minutes of the horizon as day and time.
func window(start, end int) string {
	at := func(m int) string { return fmt.Sprintf("day %d %02d:%02d", m/1440, m/60%24, m%60) }
	return at(start) + " to " + at(end)
}
