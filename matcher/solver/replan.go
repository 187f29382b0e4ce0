package solver

import "slices"

// A Replan is a plan that starts from live offers: seats that people are asked about and have not answered.
type Replan struct {
	Seats     []Seat // new pairs, by line, then agent
	Withdrawn []Seat // live offers that end because a seat would stay empty otherwise; by line, then agent

	// What the change is worth in the model and of the seats that also keep rest and hours: what the new pairs add, less
	// what the withdrawn offers were.
	Weight, Quality           int64
	OfferWeight, OfferQuality int64

	Complete bool
}

// Replanned fills the open seats of a problem in which live names pairs already offered. Their lines count those seats, and
// they are not pinned. The objective is W, then the fewest live offers withdrawn, then Q beside the offers that are kept. A
// third objective does not fit beside the two in a 64-bit cost, so each has a solve of its own:
//
//	every live offer pinned                       the plan that changes nothing
//	nothing pinned                                is there a better W? where not, that plan stands
//	nothing pinned, only staying has a quality    the most offers that a plan of that W keeps
//	those pinned                                  the best quality beside them
//
// A live pair that is not eligible any more is pinned throughout: whether it ends is not a plan's matter. Where the offers
// step leaves no better W than changing nothing does, nothing changes.
func Replanned(p *Problem, live []Seat, o Options, solve Solver) (*Replan, error) {
	fixed, movable, err := p.splitLive(live, o)
	if err != nil {
		return nil, err
	}
	base, err := p.With(fixed)
	if err != nil {
		return nil, err
	}
	keep, err := base.With(movable)
	if err != nil {
		return nil, err
	}
	plan, offers, err := solve(keep, o)
	if err != nil {
		return nil, err
	}
	same := &Replan{
		Seats: offers.Seats, Weight: plan.Weight, Quality: plan.Quality, OfferWeight: offers.Weight, OfferQuality: offers.Quality,
		Complete: plan.Complete,
	}
	if !plan.Complete || len(movable) == 0 || len(plan.Seats)+len(keep.pins) == int(p.seats) {
		return same, nil
	}
	changed, err := base.change(movable, same, o, solve)
	if err != nil || changed == nil || changed.OfferWeight <= same.OfferWeight {
		return same, err
	}
	return changed, nil
}

// A Solver is a model: what it found, and what of it may be offered.
type Solver func(p *Problem, o Options) (*Plan, *Offers, error)

// SolveDaily is the daily model.
func SolveDaily(p *Problem, o Options) (*Plan, *Offers, error) {
	x, err := Prepare(p, o)
	if err != nil {
		return nil, nil, err
	}
	plan := x.Daily(o)
	return plan, x.Offers(plan), nil
}

// splitLive parts the pairs that a plan could choose from those that it could not.
func (p *Problem) splitLive(live []Seat, o Options) (fixed, movable []Seat, err error) {
	if len(live) == 0 {
		return nil, nil, nil
	}
	x, err := Prepare(p, o)
	if err != nil {
		return nil, nil, err
	}
	movable, fixed = x.Eligible(live)
	return fixed, movable, nil
}

// change is the plan of the best W that withdraws the fewest of the live offers; nil where that W is no better.
func (p *Problem) change(live []Seat, same *Replan, o Options, solve Solver) (*Replan, error) {
	worth := func(seats []Seat) (weight, quality int64) {
		cost := p.pairCost()
		for _, s := range seats {
			weight += int64(p.lines[s.Line].Weight)
			quality += 10_000 - int64(cost(s))
		}
		return weight, quality
	}
	before, beforeQuality := worth(live)
	best, _, err := solve(p, o)
	if err != nil || !best.Complete || best.Weight <= same.Weight+before {
		return nil, err
	}
	staying, err := p.onlyStaying(live)
	if err != nil {
		return nil, err
	}
	most, _, err := solve(staying, o)
	if err != nil || !most.Complete || most.Weight <= same.Weight+before {
		return nil, err
	}
	kept := common(live, most.Seats)
	pinned, err := p.With(kept)
	if err != nil {
		return nil, err
	}
	plan, offers, err := solve(pinned, o)
	if err != nil || !plan.Complete {
		return nil, err
	}
	all := slices.Concat(kept, offers.Seats)
	all = p.stay(without(live, all), live, all)
	r := &Replan{Seats: without(all, live), Withdrawn: without(live, all), Complete: true}
	keptWeight, keptQuality := worth(kept)
	r.Weight, r.Quality = plan.Weight+keptWeight-before, plan.Quality+keptQuality-beforeQuality
	r.OfferWeight, r.OfferQuality = worth(all)
	r.OfferWeight, r.OfferQuality = r.OfferWeight-before, r.OfferQuality-beforeQuality
	return r, nil
}

// stay gives those who would be withdrawn for nothing their seats back: who works nothing that stands against the seat has
// it where it is empty, or instead of somebody new.
func (p *Problem) stay(gone, live, all []Seat) []Seat {
	for _, s := range gone {
		var held []int32
		on := 0
		for _, pin := range p.pins {
			if pin.Agent == s.Agent {
				held = append(held, pin.Line)
			}
		}
		for _, o := range all {
			if o.Agent == s.Agent {
				held = append(held, o.Line)
			}
			if o.Line == s.Line {
				on++
			}
		}
		if len(held) >= int(p.agents[s.Agent].weekShifts) || !p.fits(s.Agent, s.Line, held) {
			continue
		}
		if on == p.open(s.Line) {
			i := slices.IndexFunc(all, func(o Seat) bool { return o.Line == s.Line && !slices.Contains(live, o) })
			if i < 0 {
				continue
			}
			all = slices.Delete(all, i, i+1)
		}
		all = append(all, s)
	}
	return all
}

// onlyStaying is the problem in which a pair of live has a quality, and no other has: its best plan keeps the most of them.
// A line with a live offer becomes a merchant of its own, so that the relation is about the one line; the least rating
// becomes a tag, since rating is quality too.
func (p *Problem) onlyStaying(live []Seat) (*Problem, error) {
	q := &Problem{Seed: p.Seed, CapHours: p.CapHours}
	var least []int
	for i := range p.lines {
		if r := p.lines[i].MinRating; r > MinRating {
			least = append(least, r)
		}
	}
	slices.Sort(least)
	least = slices.Compact(least)
	for i := range p.agents {
		a := p.Agent(int32(i))
		a.Tags = slices.Clone(a.Tags)
		for k, r := range least {
			if a.Rating >= r {
				a.Tags = append(a.Tags, NewTagLevel(p.tags+k, 1))
			}
		}
		a.Rating, a.PriceCents, a.IdleDays = MinRating, MaxPriceCents, 0
		if err := q.AddAgent(a); err != nil {
			return nil, err
		}
	}
	stays := map[int32][]int32{} // line -> agents
	for _, s := range live {
		stays[s.Line] = append(stays[s.Line], s.Agent)
	}
	blocked := make([][]int32, p.merchants)
	for _, r := range p.relations {
		if r.Kind == Block {
			blocked[r.Merchant] = append(blocked[r.Merchant], r.Agent)
			if err := q.AddRelation(r); err != nil {
				return nil, err
			}
		}
	}
	for i, l := range p.lines {
		if k, has := slices.BinarySearch(least, l.MinRating); has {
			l.Tags = append(slices.Clone(l.Tags), NewTagLevel(p.tags+k, 1))
		}
		l.MinRating = 0
		own := p.merchants + i
		if agents := stays[int32(i)]; len(agents) > 0 {
			var rows []Relation
			for _, a := range blocked[l.Merchant] {
				rows = append(rows, Relation{Merchant: int32(own), Agent: a, Kind: Block}) //nolint:gosec // the same
			}
			for _, a := range agents {
				rows = append(rows, Relation{Merchant: int32(own), Agent: a, Kind: Favourite}) //nolint:gosec // the same
			}
			l.Merchant = own
			for _, r := range rows {
				if err := q.AddRelation(r); err != nil {
					return nil, err
				}
			}
		}
		if err := q.AddLine(l); err != nil {
			return nil, err
		}
	}
	for _, s := range p.pins {
		if err := q.Pin(s); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// pairCost gives the cost of eligible pairs without an index.
func (p *Problem) pairCost() func(Seat) int {
	known := make(map[uint64]int, len(p.relations))
	for i := range p.relations {
		r := &p.relations[i]
		known[pairKey(int(r.Merchant), r.Agent)] = r.bonus()
	}
	return func(s Seat) int { return p.agents[s.Agent].cost() - known[pairKey(p.lines[s.Line].Merchant, s.Agent)] }
}

// common are the seats of a that b has too, without those that it has not.
func common(a, b []Seat) []Seat { return pick(a, b, true) }

func without(a, b []Seat) []Seat { return pick(a, b, false) }

func pick(a, b []Seat, in bool) []Seat {
	b = slices.Clone(b)
	slices.SortFunc(b, compareSeats)
	var out []Seat
	for _, s := range a {
		if _, has := slices.BinarySearchFunc(b, s, compareSeats); has == in {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, compareSeats)
	return out
}
