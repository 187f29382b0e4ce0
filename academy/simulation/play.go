package simulation

import (
	"math/rand/v2"
	"slices"
)

// Session is what is kept of a run: with its script it is all of it.
type Session struct {
	Language string // "zh" or "en": what the customers speak
	Seed     uint64
	Replies  []Reply // in the order of their times
	Stop     int64   // when the agent ended the run, in milliseconds from its beginning; 0: they did not
}

// Reply is a message of the agent's. At counts milliseconds from the beginning of the run.
type Reply struct {
	At       int64
	Dialogue string
	Text     string
}

// Run is what happened in a session up to a moment.
type Run struct {
	Dialogues []DialogueRun
	Ended     bool
	EndsAt    int64 // when it ended, or ends at the latest
	Next      int64 // when something happens if the agent says nothing; -1: nothing does any more
}

// DialogueRun is one customer's.
type DialogueRun struct {
	ID       string
	Began    bool
	BeganAt  int64
	Outcome  Outcome // "" while it is open
	ClosedAt int64
	Messages []Message
	Visits   []Visit
}

// Message is a line of the customer's or a reply.
type Message struct {
	At   int64
	From string // "customer" or "agent"
	Kind string // of a customer: "question", "nudge" or "closing"; of an agent: "reply"
	Text string
}

// Visit is the customer's coming to a state.
type Visit struct {
	At    int64
	State string
}

// Open tells whether an agent may reply.
func (d *DialogueRun) Open() bool { return d.Began && d.Outcome == "" }

// never is later than anything.
const never = int64(1) << 62

// Play computes a session up to now, in milliseconds from its beginning. Replies to a customer who has not come or has gone
// count for nothing.
func (s *Script) Play(session Session, now int64) *Run {
	limit := int64(s.Seconds) * 1000
	if session.Stop > 0 {
		limit = min(limit, session.Stop)
	}
	run := &Run{EndsAt: limit, Next: -1, Ended: true}
	var last int64
	next := never
	for i := range s.Dialogues {
		p := &player{script: s, dialogue: &s.Dialogues[i], language: session.Language}
		p.random = rand.New(rand.NewPCG(session.Seed, uint64(i))) //nolint:gosec // it draws a play, and is no secret
		p.run.ID = p.dialogue.ID
		next = min(next, p.play(session.Replies, min(now, limit)))
		if p.run.Outcome == "" && now >= limit {
			p.run.Outcome, p.run.ClosedAt = Unfinished, limit
		}
		last = max(last, p.run.ClosedAt)
		run.Ended = run.Ended && p.run.Outcome != ""
		run.Dialogues = append(run.Dialogues, p.run)
	}
	switch {
	case run.Ended:
		run.EndsAt = min(last, limit)
	default:
		run.Next = min(next, limit)
	}
	return run
}

// player is one dialogue being played.
type player struct {
	script   *Script
	dialogue *Dialogue
	language string
	random   *rand.Rand
	run      DialogueRun

	state     State
	pending   []Message // lines being written, in order
	said      string    // by the agent in this state, made plain
	unmatched int       // replies in this state
	nudges    int       // that this state has had
	quiet     int64     // since when nobody has said anything
	written   int64     // when the last pending line comes
}

// play runs to until and returns when the next thing would happen by itself.
func (p *player) play(replies []Reply, until int64) int64 {
	begins := p.draw(p.dialogue.Begins)
	if begins > until {
		return begins
	}
	p.run.Began, p.run.BeganAt = true, begins
	p.enter(p.dialogue.Start, begins)
	replies = slices.Clone(replies)
	replies = slices.DeleteFunc(replies, func(r Reply) bool { return r.Dialogue != p.dialogue.ID || r.At < begins })
	for p.run.Outcome == "" {
		line, nudge, reply := never, never, never
		if len(p.pending) > 0 {
			line = p.pending[0].At
		} else if p.nudges < len(p.state.Impatient) {
			nudge = p.quiet + int64(p.state.Impatient[p.nudges].After)*1000
		}
		if len(replies) > 0 {
			reply = replies[0].At
		}
		switch at := min(line, nudge, reply); {
		case at > until:
			return min(line, nudge)
		case at == line:
			p.line()
		case at == reply: // before a nudge of the same moment
			p.reply(replies[0])
			replies = replies[1:]
		default:
			p.nudge(at)
		}
	}
	return never
}

func (p *player) enter(name string, at int64) {
	p.state = p.dialogue.States[name]
	p.said, p.unmatched, p.nudges, p.quiet = "", 0, 0, at
	p.run.Visits = append(p.run.Visits, Visit{At: at, State: name})
	kind := "question"
	if p.state.Ends != "" {
		kind = "closing"
	}
	for _, l := range p.state.Say {
		p.written = max(p.written, at) + p.draw(p.script.Typing)
		p.pending = append(p.pending, Message{At: p.written, From: "customer", Kind: kind, Text: p.pick(l)})
	}
	p.close(at)
}

// close ends the dialogue where its last line was said.
func (p *player) close(at int64) {
	if p.state.Ends != "" && len(p.pending) == 0 {
		p.run.Outcome, p.run.ClosedAt = p.state.Ends, at
	}
}

func (p *player) line() {
	m := p.pending[0]
	p.pending = p.pending[1:]
	p.run.Messages = append(p.run.Messages, m)
	p.quiet = m.At
	p.close(m.At)
}

func (p *player) reply(r Reply) {
	p.run.Messages = append(p.run.Messages, Message{At: r.At, From: "agent", Kind: "reply", Text: r.Text})
	p.quiet = r.At
	if p.state.Ends != "" {
		return
	}
	p.said = plain(p.said + "\n" + r.Text)
	for _, rule := range p.state.Rules {
		if p.script.holds(rule.When, p.said) {
			p.enter(rule.To, r.At)
			return
		}
	}
	p.unmatched++
	if o := p.state.Otherwise; o != nil && p.unmatched >= o.After {
		p.enter(o.To, r.At)
	}
}

func (p *player) nudge(at int64) {
	n := p.state.Impatient[p.nudges]
	p.nudges++
	p.quiet = at
	if n.Say != nil {
		p.run.Messages = append(p.run.Messages, Message{At: at, From: "customer", Kind: "nudge", Text: p.pick(*n.Say)})
	}
	if n.To != "" {
		p.enter(n.To, at)
	}
}

// draw is a moment of a range, in milliseconds.
func (p *player) draw(r Range) int64 {
	least, most := int64(r[0])*1000, int64(r[1])*1000
	return least + p.random.Int64N(most-least+1)
}

func (p *player) pick(l Line) string {
	variants := l.variants(p.language)
	return variants[p.random.IntN(len(variants))]
}
