package solver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The files of a problem: comma-separated integers in UTF-8 under one header line each.
//
//	agents.csv     tags "tag:level;tag:level", avail "start-end;start-end" in hours from the start of the horizon
//	demands.csv    a line of seats; hours from the start of the horizon; priority 1, 2, 3 weighs 1, 3, 10
//	relations.csv  kind exp (value: past shifts), fav (value: past shifts) or block, one row a pair
//
// A file knows one rest, which holds within a work day and between two.
const (
	agentsHeader    = "agent_id,rating,price_cents,idle_days,week_cap_shifts,day_cap_h,week_cap_h,min_rest_h,channels,langs,tags,avail"
	demandsHeader   = "demand_id,merchant_id,day,start_h,end_h,seats,priority,channel,lang,min_rating,tags"
	relationsHeader = "merchant_id,agent_id,kind,value"
)

// A File is one input with the name that its errors carry.
type File struct {
	Name string
	io.Reader
}

// An InputError says where a file is wrong and what was expected there.
type InputError struct {
	File     string
	Line     int // from 1; the header is line 1
	Expected string
}

func (e *InputError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Expected) }

// Names are the ids that the files gave to agents and lines. A file whose ids are its row numbers needs no table.
type Names struct {
	agents, lines idTable
}

// Agent is the id of agent i in agents.csv.
func (n *Names) Agent(i int32) int64 { return n.agents.id(i) }

// Line is the id of line i in demands.csv.
func (n *Names) Line(i int32) int64 { return n.lines.id(i) }

// FindAgent is the agent of an agent_id, FindLine the line of a demand_id; false when the files have none.
func (n *Names) FindAgent(id int64) (int32, bool) { return n.agents.find(id) }

// FindLine is like FindAgent.
func (n *Names) FindLine(id int64) (int32, bool) { return n.lines.find(id) }

// Read reads a problem. What is wrong in a file comes back as *InputError; a reader's own error is wrapped.
func Read(agents, demands, relations File) (*Problem, *Names, error) {
	p, n := &Problem{}, &Names{}
	if err := readAgents(p, n, agents); err != nil {
		return nil, nil, err
	}
	merchants, err := readDemands(p, n, demands)
	if err != nil {
		return nil, nil, err
	}
	if err := readRelations(p, n, merchants, relations); err != nil {
		return nil, nil, err
	}
	return p, n, nil
}

func readAgents(p *Problem, n *Names, f File) error {
	var tags []TagLevel
	var free []Interval
	return eachRow(f, agentsHeader, func(r *row) error {
		id, a := r.agent(tags[:0], free[:0])
		tags, free = a.Tags, a.Free
		if r.err != nil {
			return r.err
		}
		if !n.agents.add(id) {
			return fmt.Errorf("a new agent_id expected, %d was there before", id)
		}
		return p.AddAgent(a)
	})
}

// agent reads a row of agents.csv, its lists into the ones given.
func (r *row) agent(tags []TagLevel, free []Interval) (id int64, a Agent) {
	id = r.id("agent_id")
	a = Agent{
		Rating:     r.int("rating", MinRating, MaxRating),
		PriceCents: r.int("price_cents", 0, MaxPriceCents),
		IdleDays:   r.int("idle_days", 0, 65535),
		WeekShifts: r.int("week_cap_shifts", 0, 65535),
		DayMinutes: r.hours("day_cap_h"), WeekMinutes: r.hours("week_cap_h"), RestSameDay: r.hours("min_rest_h"),
		Channels:  uint32(r.int("channels", 0, 1<<32-1)), //nolint:gosec // bounded by the call
		Languages: uint32(r.int("langs", 0, 1<<32-1)),    //nolint:gosec // bounded by the call
	}
	a.RestOtherDay = a.RestSameDay
	a.Tags = r.tags(tags)
	r.separator()
	a.Free = r.intervals(free)
	r.end()
	return id, a
}

func readDemands(p *Problem, n *Names, f File) (*idTable, error) {
	var tags []TagLevel
	merchants := &idTable{}
	weights := [4]int{0, 1, 3, 10}
	err := eachRow(f, demandsHeader, func(r *row) error {
		id := r.id("demand_id")
		merchant := r.id("merchant_id")
		l := Line{
			Day:   r.int("day", 0, MaxMinute/minutesPerDay),
			Start: r.hours("start_h"), End: r.hours("end_h"),
			Seats:   r.int("seats", 1, MaxSeats),
			Weight:  weights[r.int("priority", 1, 3)],
			Channel: r.int("channel", 0, 31), Language: r.int("lang", 0, 31),
			MinRating: r.int("min_rating", 0, MaxRating),
		}
		tags = r.tags(tags[:0])
		r.end()
		if r.err != nil {
			return r.err
		}
		if !n.lines.add(id) {
			return fmt.Errorf("a new demand_id expected, %d was there before", id)
		}
		l.Merchant = int(merchants.index(merchant))
		l.Tags = tags
		return p.AddLine(l)
	})
	return merchants, err
}

func readRelations(p *Problem, n *Names, merchants *idTable, f File) error {
	seen := make(map[uint64]struct{})
	return eachRow(f, relationsHeader, func(r *row) error {
		merchant, agent := r.id("merchant_id"), r.id("agent_id")
		kind := r.kind()
		value := r.int("value", 0, MaxPastShifts)
		r.end()
		if r.err != nil {
			return r.err
		}
		a, ok := n.agents.find(agent)
		if !ok {
			return fmt.Errorf("an agent_id of agents.csv expected, got %d", agent)
		}
		// Merchants are declared nowhere: one without demand is allowed, so that a part of a week may be planned.
		m := merchants.index(merchant)
		pair := uint64(m)<<32 | uint64(a) //nolint:gosec // both are indices
		if _, again := seen[pair]; again {
			return fmt.Errorf("one row a merchant and agent expected, got %d and %d again", merchant, agent)
		}
		seen[pair] = struct{}{}
		return p.AddRelation(Relation{Merchant: m, Agent: a, Kind: kind, PastShifts: value})
	})
}

// eachRow calls do for every row under the header and turns its error into an *InputError with file and line.
func eachRow(f File, header string, do func(*row) error) error {
	lines := lineReader{r: f.Reader, buf: make([]byte, 0, 1<<16)}
	text, err := lines.next()
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return lines.fault(f.Name, err)
	case err != nil || string(text) != header:
		return &InputError{f.Name, 1, "header " + header + " expected"}
	}
	var r row
	for {
		text, err = lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return lines.fault(f.Name, err)
		}
		r = row{rest: text}
		if err := do(&r); err != nil {
			return &InputError{f.Name, lines.no, err.Error()}
		}
	}
}

var errLineLength = errors.New("a line of less than 1 MiB expected")

// lineReader hands out the lines of a stream from one buffer; a line lives until the next call.
type lineReader struct {
	r    io.Reader
	buf  []byte
	from int
	no   int
	eof  bool
}

func (l *lineReader) next() ([]byte, error) {
	seen := l.from
	for {
		if i := bytes.IndexByte(l.buf[seen:], '\n'); i >= 0 {
			text := l.buf[l.from : seen+i]
			l.from = seen + i + 1
			l.no++
			return bytes.TrimSuffix(text, []byte{'\r'}), nil
		}
		if l.eof {
			if l.from == len(l.buf) {
				return nil, io.EOF
			}
			text := l.buf[l.from:]
			l.from = len(l.buf)
			l.no++
			return bytes.TrimSuffix(text, []byte{'\r'}), nil
		}
		seen = len(l.buf) - l.from
		l.buf = l.buf[:copy(l.buf, l.buf[l.from:])]
		l.from = 0
		if len(l.buf) == cap(l.buf) {
			if len(l.buf) >= 1<<20 {
				l.no++
				return nil, errLineLength
			}
			l.buf = append(make([]byte, 0, 2*cap(l.buf)), l.buf...)
		}
		n, err := l.r.Read(l.buf[len(l.buf):cap(l.buf)])
		l.buf = l.buf[:len(l.buf)+n]
		if errors.Is(err, io.EOF) {
			l.eof = true
		} else if err != nil {
			return nil, err
		}
	}
}

func (l *lineReader) fault(name string, err error) error {
	if errors.Is(err, errLineLength) {
		return &InputError{name, l.no, err.Error()}
	}
	return fmt.Errorf("read %s after line %d: %w", name, l.no, err)
}

// row is what is left of a line; the first error sticks and makes the rest a no-op.
type row struct {
	rest  []byte
	begun bool
	err   error
}

// int reads the next column.
func (r *row) int(what string, low, high int) int {
	r.separator()
	v, ok := r.number()
	if r.err != nil {
		return low
	}
	if !ok || v < int64(low) || v > int64(high) {
		r.err = fmt.Errorf("%s of %d to %d expected", what, low, high)
		return low
	}
	return int(v)
}

func (r *row) hours(what string) int { return 60 * r.int(what, 0, MaxMinute/60) }

func (r *row) id(what string) int64 {
	r.separator()
	v, ok := r.number()
	if r.err == nil && !ok {
		r.err = fmt.Errorf("%s of at least 0 expected", what)
	}
	return v
}

func (r *row) kind() RelationKind {
	r.separator()
	if r.err != nil {
		return Experience
	}
	word, _, _ := bytes.Cut(r.rest, []byte{','})
	r.rest = r.rest[len(word):]
	switch string(word) {
	case "exp":
		return Experience
	case "fav":
		return Favourite
	case "block":
		return Block
	}
	r.err = errors.New("kind exp, fav or block expected")
	return Experience
}

func (r *row) tags(to []TagLevel) []TagLevel {
	r.separator()
	for r.err == nil && len(r.rest) > 0 && r.rest[0] != ',' {
		tag, ok := r.number()
		level, ok2 := int64(0), false
		if ok && r.skip(':') {
			level, ok2 = r.number()
		}
		if !ok2 || tag > MaxTag || level < 1 || level > MaxLevel || !r.listGoesOn() {
			r.err = fmt.Errorf("tags as tag:level;tag:level with levels 1 to %d expected", MaxLevel)
			break
		}
		to = append(to, NewTagLevel(int(tag), int(level)))
	}
	return to
}

func (r *row) intervals(to []Interval) []Interval {
	for r.err == nil && len(r.rest) > 0 && r.rest[0] != ',' {
		start, ok := r.number()
		end, ok2 := int64(0), false
		if ok && r.skip('-') {
			end, ok2 = r.number()
		}
		if !ok2 || end <= start || end > MaxMinute/60 || !r.listGoesOn() {
			r.err = fmt.Errorf("avail as start-end;start-end in hours with start < end <= %d expected", MaxMinute/60)
			break
		}
		to = append(to, Interval{60 * int(start), 60 * int(end)})
	}
	return to
}

// listGoesOn takes the ";" between two parts, which must be followed by another.
func (r *row) listGoesOn() bool {
	if len(r.rest) == 0 || r.rest[0] == ',' {
		return true
	}
	return r.skip(';') && len(r.rest) > 0 && r.rest[0] != ','
}

func (r *row) number() (int64, bool) {
	v, i := int64(0), 0
	for ; i < len(r.rest) && i < 18 && r.rest[i] >= '0' && r.rest[i] <= '9'; i++ {
		v = v*10 + int64(r.rest[i]-'0')
	}
	r.rest = r.rest[i:]
	if i == 0 || len(r.rest) > 0 && r.rest[0] >= '0' && r.rest[0] <= '9' {
		return 0, false
	}
	return v, true
}

func (r *row) skip(c byte) bool {
	if len(r.rest) == 0 || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *row) separator() {
	if !r.begun {
		r.begun = true
		return
	}
	if r.err == nil && !r.skip(',') {
		r.err = r.columns()
	}
}

func (r *row) end() {
	if r.err == nil && len(r.rest) > 0 {
		r.err = r.columns()
	}
}

func (r *row) columns() error {
	if len(r.rest) == 0 {
		return errors.New("the columns of the header expected, got fewer")
	}
	return errors.New("the columns of the header expected, each a whole number or list")
}

// idTable numbers ids in the order of their coming. While ids are 0, 1, 2, ... it holds nothing but their count.
type idTable struct {
	n     int32
	ids   []int64
	place map[int64]int32
}

func (t *idTable) id(i int32) int64 {
	if t.place == nil {
		return int64(i)
	}
	return t.ids[i]
}

func (t *idTable) find(id int64) (int32, bool) {
	if t.place == nil {
		return int32(id), id < int64(t.n) //nolint:gosec // bounded by n when true
	}
	i, ok := t.place[id]
	return i, ok
}

// add gives the id the next index, or says false when it has one.
func (t *idTable) add(id int64) bool {
	if _, ok := t.find(id); ok {
		return false
	}
	if t.place == nil && id != int64(t.n) {
		t.place = make(map[int64]int32, 2*t.n)
		for i := range t.n {
			t.ids = append(t.ids, int64(i))
			t.place[int64(i)] = i
		}
	}
	if t.place != nil {
		t.ids = append(t.ids, id)
		t.place[id] = t.n
	}
	t.n++
	return true
}

// index is the id's index, given now if it has none.
func (t *idTable) index(id int64) int32 {
	t.add(id)
	i, _ := t.find(id)
	return i
}
