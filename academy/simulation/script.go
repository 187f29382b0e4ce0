package simulation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Script is a scenario; see the package's documentation for its JSON.
type Script struct {
	Code      string              `json:"code"`
	Name      Text                `json:"name"`
	About     Text                `json:"about"`
	Seconds   int                 `json:"seconds"`
	Pass      int                 `json:"pass"`
	Typing    Range               `json:"typing"`
	Scoring   Scoring             `json:"scoring"`
	Intents   map[string][]string `json:"intents"`
	Forbidden []Forbidden         `json:"forbidden"`
	Dialogues []Dialogue          `json:"dialogues"`
}

// Text is one text in each language.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In is the text in "zh" or "en".
func (t Text) In(language string) string {
	if language == "zh" {
		return t.ZH
	}
	return t.EN
}

// Range is a least and a most number of seconds.
type Range [2]int

// Scoring says what the parts of a score weigh.
type Scoring struct {
	FirstResponse struct {
		Weight int `json:"weight"`
		Full   int `json:"full"`
		Zero   int `json:"zero"`
	} `json:"first_response"`
	AnswerRatio RatioRule `json:"answer_ratio"`
	Points      struct {
		Weight int `json:"weight"`
	} `json:"points"`
	Forbidden struct {
		Weight int `json:"weight"`
		Each   int `json:"each"`
	} `json:"forbidden"`
}

// RatioRule marks replies per question, in thousandths.
type RatioRule struct {
	Weight int `json:"weight"`
	Target int `json:"target"`
	Free   int `json:"free"`
	Zero   int `json:"zero"`
}

// off is how far a ratio is from the target.
func (r RatioRule) off(ratio int) int { return max(ratio-r.Target, r.Target-ratio) }

// Forbidden is what an agent must not say. A red line fails the run whatever else was good.
type Forbidden struct {
	ID      string    `json:"id"`
	When    Condition `json:"when"`
	Why     Text      `json:"why"`
	RedLine bool      `json:"red_line"`
}

// Dialogue is one customer.
type Dialogue struct {
	ID       string           `json:"id"`
	Customer Text             `json:"customer"`
	Begins   Range            `json:"begins"`
	Start    string           `json:"start"`
	States   map[string]State `json:"states"`
	Points   []Point          `json:"points"`
}

// State is where a customer is: what they say on coming there, and where they go from there.
type State struct {
	Say       []Line     `json:"say"`
	Rules     []Rule     `json:"rules"`
	Otherwise *Otherwise `json:"otherwise"`
	Impatient []Nudge    `json:"impatient"`
	Ends      Outcome    `json:"ends"`
}

// Line is one message of a customer, in variants.
type Line struct {
	ZH []string `json:"zh"`
	EN []string `json:"en"`
}

func (l Line) variants(language string) []string {
	if language == "zh" {
		return l.ZH
	}
	return l.EN
}

// Rule goes on where its condition holds for what the agent said in the state.
type Rule struct {
	When Condition `json:"when"`
	To   string    `json:"to"`
}

// Otherwise goes on after so many replies that no rule held for.
type Otherwise struct {
	After int    `json:"after"`
	To    string `json:"to"`
}

// Nudge is what an impatient customer does after so many seconds of silence; Say and To may be absent, not both.
type Nudge struct {
	After int    `json:"after"`
	Say   *Line  `json:"say"`
	To    string `json:"to"`
}

// Condition is about intents.
type Condition struct {
	Any  []string `json:"any"`
	All  []string `json:"all"`
	None []string `json:"none"`
}

// Point is something that the agent has to say, before the customer came to a state where one is named.
type Point struct {
	ID string `json:"id"`
	Text
	When   Condition `json:"when"`
	Before string    `json:"before"`
}

// Outcome is how a dialogue ended.
type Outcome string

// The outcomes: a customer was served, or gave up, or was still there at the end.
const (
	Served     Outcome = "served"
	Lost       Outcome = "lost"
	Unfinished Outcome = "unfinished"
)

// Flaw is something wrong with a script. At is a JSON pointer.
type Flaw struct {
	At   string
	Code string
	Text
}

// The bounds of a script.
const (
	maxDialogues = 8
	maxStates    = 100
	maxSeconds   = 3600
	maxTyping    = 30
	maxText      = 1000 // characters of a line or phrase
)

// Parse reads a script. It returns every flaw that it finds, and a script only where there is none.
func Parse(raw []byte) (*Script, []Flaw) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var s Script
	if err := decoder.Decode(&s); err != nil {
		return nil, []Flaw{{Code: "unreadable", Text: Text{"剧本无法读取：" + err.Error(), "The script cannot be read: " + err.Error()}}}
	}
	c := checker{script: &s}
	c.check()
	if len(c.flaws) > 0 {
		return nil, c.flaws
	}
	return &s, nil
}

type checker struct {
	script *Script
	flaws  []Flaw
}

func (c *checker) say(ok bool, at, code, zh, en string) {
	if !ok {
		c.flaws = append(c.flaws, Flaw{At: at, Code: code, Text: Text{zh, en}})
	}
}

func (c *checker) check() {
	s := c.script
	c.code("/code", s.Code)
	c.text("/name", s.Name)
	c.text("/about", s.About)
	c.say(s.Seconds >= 30 && s.Seconds <= maxSeconds, "/seconds", "out_of_range", "30 到 3600 秒。", "30 to 3600 seconds.")
	c.say(s.Pass > 0 && s.Pass <= full, "/pass", "out_of_range", "1 到 10000。", "1 to 10000.")
	c.say(s.Typing[0] >= 1 && s.Typing[1] >= s.Typing[0] && s.Typing[1] <= maxTyping, "/typing", "out_of_range", "1 到 30 秒，先小后大。", "1 to 30 seconds, the least first.")
	p := s.Scoring
	weights := []int{p.FirstResponse.Weight, p.AnswerRatio.Weight, p.Points.Weight, p.Forbidden.Weight}
	c.say(slices.Min(weights) >= 0 && p.FirstResponse.Weight+p.AnswerRatio.Weight+p.Points.Weight+p.Forbidden.Weight == 100, "/scoring", "weights", "权重之和须为 100。", "The weights sum to 100.")
	c.say(p.FirstResponse.Full > 0 && p.FirstResponse.Zero > p.FirstResponse.Full && p.FirstResponse.Zero <= maxSeconds, "/scoring/first_response", "out_of_range", "零分秒数须大于满分秒数。", "None comes later than the full mark.")
	c.say(p.AnswerRatio.Target > 0 && p.AnswerRatio.Free >= 0 && p.AnswerRatio.Zero > p.AnswerRatio.Free && p.AnswerRatio.Target <= full && p.AnswerRatio.Zero <= full, "/scoring/answer_ratio", "out_of_range", "零分偏差须大于满分偏差。", "None is farther off than the full mark.")
	c.say(p.Forbidden.Each > 0 && p.Forbidden.Each <= full, "/scoring/forbidden/each", "out_of_range", "1 到 10000。", "1 to 10000.")
	for _, name := range slices.Sorted(maps.Keys(s.Intents)) {
		c.intent("/intents/"+name, name, s.Intents[name])
	}
	seen := map[string]bool{}
	for i, f := range s.Forbidden {
		at := fmt.Sprintf("/forbidden/%d", i)
		c.unique(at+"/id", f.ID, seen)
		c.condition(at+"/when", f.When)
		c.text(at+"/why", f.Why)
	}
	c.say(len(s.Dialogues) > 0 && len(s.Dialogues) <= maxDialogues, "/dialogues", "out_of_range", "1 到 8 个对话。", "1 to 8 dialogues.")
	seen = map[string]bool{}
	for i := range s.Dialogues {
		at := fmt.Sprintf("/dialogues/%d", i)
		c.unique(at+"/id", s.Dialogues[i].ID, seen)
		c.dialogue(at, &s.Dialogues[i])
	}
}

func (c *checker) dialogue(at string, d *Dialogue) {
	c.text(at+"/customer", d.Customer)
	c.say(d.Begins[0] >= 0 && d.Begins[1] >= d.Begins[0] && d.Begins[1] < c.script.Seconds, at+"/begins", "out_of_range", "须在时限之内，先小后大。", "Within the time of the run, the least first.")
	c.say(len(d.States) <= maxStates, at+"/states", "too_many", "最多 100 个状态。", "At most 100 states.")
	c.state(at+"/start", d, d.Start)
	ends := map[string]bool{} // states from which an ending can be reached
	for _, name := range slices.Sorted(maps.Keys(d.States)) {
		here := at + "/states/" + name
		c.code(here, name)
		c.stateAt(here, d, d.States[name])
		ends[name] = d.States[name].Ends != ""
	}
	for range d.States {
		for name, s := range d.States {
			for _, to := range s.next() {
				ends[name] = ends[name] || ends[to]
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.States)) {
		c.say(ends[name], at+"/states/"+name, "no_end", "从这个状态到不了结尾。", "No ending can be reached from here.")
	}
	reached := map[string]bool{d.Start: true}
	for range d.States {
		for name, s := range d.States {
			for _, to := range s.next() {
				reached[to] = reached[to] || reached[name]
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.States)) {
		c.say(reached[name], at+"/states/"+name, "unreachable", "到不了这个状态。", "Nothing leads here.")
	}
	seen := map[string]bool{}
	for i, p := range d.Points {
		here := fmt.Sprintf("%s/points/%d", at, i)
		c.unique(here+"/id", p.ID, seen)
		c.text(here, p.Text)
		c.condition(here+"/when", p.When)
		if p.Before != "" {
			c.state(here+"/before", d, p.Before)
		}
	}
}

func (c *checker) stateAt(at string, d *Dialogue, s State) {
	for i, l := range s.Say {
		c.line(fmt.Sprintf("%s/say/%d", at, i), l)
	}
	if s.Ends != "" {
		c.say(s.Ends == Served || s.Ends == Lost, at+"/ends", "unknown", "只能是 served 或 lost。", "It is served or lost.")
		c.say(len(s.Rules) == 0 && len(s.Impatient) == 0 && s.Otherwise == nil, at+"/ends", "goes_on", "结尾之后不能再继续。", "An ending goes nowhere.")
		return
	}
	c.say(len(s.Say) > 0, at+"/say", "silent", "顾客到了这里要说话。", "The customer says something here.")
	for i, r := range s.Rules {
		here := fmt.Sprintf("%s/rules/%d", at, i)
		c.condition(here+"/when", r.When)
		c.state(here+"/to", d, r.To)
	}
	if o := s.Otherwise; o != nil {
		c.say(o.After > 0, at+"/otherwise/after", "out_of_range", "至少 1 条回复。", "At least 1 reply.")
		c.state(at+"/otherwise/to", d, o.To)
	}
	for i, n := range s.Impatient {
		here := fmt.Sprintf("%s/impatient/%d", at, i)
		c.say(n.After >= 5 && n.After <= maxSeconds, here+"/after", "out_of_range", "5 到 3600 秒。", "5 to 3600 seconds.")
		c.say(n.Say != nil || n.To != "", here, "nothing", "写明说什么，或去哪个状态。", "Say something, or go somewhere.")
		c.say(n.To == "" || i == len(s.Impatient)-1, here+"/to", "not_last", "离开状态的须是最后一个。", "The one that leaves the state is the last.")
		if n.Say != nil {
			c.line(here+"/say", *n.Say)
		}
		if n.To != "" {
			c.state(here+"/to", d, n.To)
		}
	}
}

// next are the states that one may go to.
func (s State) next() (list []string) {
	for _, r := range s.Rules {
		list = append(list, r.To)
	}
	if s.Otherwise != nil {
		list = append(list, s.Otherwise.To)
	}
	for _, n := range s.Impatient {
		if n.To != "" {
			list = append(list, n.To)
		}
	}
	return list
}

func (c *checker) state(at string, d *Dialogue, name string) {
	_, has := d.States[name]
	c.say(has, at, "unknown_state", "没有「"+name+"」这个状态。", "There is no state "+name+".")
}

func (c *checker) line(at string, l Line) {
	for _, variants := range [][]string{l.ZH, l.EN} {
		c.say(len(variants) > 0, at, "missing", "中英文各至少一句。", "At least one variant in each language.")
		for _, v := range variants {
			c.say(v != "" && len([]rune(v)) <= maxText, at, "bad_text", "1 到 1000 个字符。", "1 to 1000 characters.")
		}
	}
}

func (c *checker) intent(at, name string, phrases []string) {
	c.code(at, name)
	c.say(len(phrases) > 0, at, "missing", "至少一个说法。", "At least one phrase.")
	for _, p := range phrases {
		c.say(len(parts(p)) > 0 && !slices.Contains(parts(p), "") && len([]rune(p)) <= maxText, at, "bad_text", "说法不能为空，最多 1000 个字符。", "A phrase is not empty and has at most 1000 characters.")
	}
}

func (c *checker) condition(at string, when Condition) {
	all := slices.Concat(when.Any, when.All, when.None)
	c.say(len(when.Any)+len(when.All) > 0, at, "missing", "至少写一个 any 或 all。", "Name one intent at least in any or all.")
	for _, name := range all {
		_, has := c.script.Intents[name]
		c.say(has, at, "unknown_intent", "没有「"+name+"」这个意图。", "There is no intent "+name+".")
	}
}

func (c *checker) text(at string, t Text) {
	c.say(t.ZH != "" && t.EN != "" && len([]rune(t.ZH)) <= maxText && len([]rune(t.EN)) <= maxText, at, "missing", "中英文都要写，最多 1000 个字符。", "Both languages, at most 1000 characters.")
}

func (c *checker) code(at, code string) {
	ok := len(code) >= 1 && len(code) <= 40
	for _, r := range code {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}
	c.say(ok, at, "bad_code", "1 到 40 个小写字母、数字或下划线。", "1 to 40 lower-case letters, digits and underscores.")
}

func (c *checker) unique(at, id string, seen map[string]bool) {
	c.code(at, id)
	c.say(!seen[id], at, "not_unique", "「"+id+"」写了两次。", id+" is there twice.")
	seen[id] = true
}
