package exchange

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Question is one question of a bank, of any kind. The zero value of a field means that it is not said. Texts are in their
// normal form (see [Text]); Title, Category, ID and Tags are one line each.
type Question struct {
	Kind       Kind     `json:"kind" enum:"single_choice,multiple_choice,true_false,numeric,short_text,matching,ordering,open,dialogue"`
	ID         string   `json:"id,omitempty" doc:"the author's own number"` // Moodle's idnumber
	Title      string   `json:"title,omitempty" doc:"how the bank lists it"`
	Category   string   `json:"category,omitempty" doc:"topic, a path such as Pre-sale/Shipping"`
	Tags       []string `json:"tags,omitempty" nullable:"false"` // none begins with "difficulty:"
	Difficulty int      `json:"difficulty,omitempty" minimum:"0" maximum:"5" doc:"1 (easy) to 5; absent: not said"`
	Text       Text     `json:"text" doc:"what is asked"`
	Feedback   Text     `json:"feedback,omitzero" doc:"shown to everybody afterwards"`

	Answers  []Answer    `json:"answers,omitempty" nullable:"false" doc:"single and multiple choice, true/false (true first), numeric, short text"`
	CaseMade bool        `json:"case_made,omitempty" doc:"short text: letter case counts"`
	Pairs    []Pair      `json:"pairs,omitempty" nullable:"false" doc:"matching"`
	Items    []Text      `json:"items,omitempty" nullable:"false" doc:"ordering, in the right order"`
	Guide    Text        `json:"guide,omitzero" doc:"open and dialogue: what the grader reads"`
	Rubric   []Criterion `json:"rubric,omitempty" nullable:"false" doc:"open and dialogue"`
	Turns    []Turn      `json:"turns,omitempty" nullable:"false" doc:"dialogue"`

	Line int `json:"-"` // where it began in the file that was read (XLSX: the row); not written
}

// Kind is what sort of answer a question wants.
type Kind string

// The kinds.
const (
	SingleChoice   Kind = "single_choice"
	MultipleChoice Kind = "multiple_choice"
	TrueFalse      Kind = "true_false"
	Numeric        Kind = "numeric"
	ShortText      Kind = "short_text"
	Matching       Kind = "matching"
	Ordering       Kind = "ordering"
	Open           Kind = "open"
	Dialogue       Kind = "dialogue"
)

// TextFormat says how a text is marked up.
type TextFormat string

// The formats of texts. Moodle is Moodle's own: plain text whose line breaks and links come alive.
const (
	Plain    TextFormat = "plain"
	HTML     TextFormat = "html"
	Markdown TextFormat = "markdown"
	Moodle   TextFormat = "moodle"
)

// Text is a marked-up text; the zero Text is none. Nothing here makes HTML safe to show. Body is trimmed UTF-8 without
// control characters but line feeds and tabs, and empty only together with Format.
type Text struct {
	Format TextFormat `json:"format" enum:"plain,html,markdown,moodle"`
	Body   string     `json:"body"`
}

// Answer is one answer that is offered (choice, true/false) or recognised (numeric, short text).
type Answer struct {
	Text     Text   `json:"text,omitzero" doc:"choice and short text; in short text * stands for anything"`
	Number   Number `json:"number,omitzero" doc:"numeric"`
	Weight   Weight `json:"weight" doc:"the part of the mark that it earns, in 1e-5 of a percent: 10000000 is the whole mark"`
	Feedback Text   `json:"feedback,omitzero"`
}

// Weight is the part of the mark that an answer earns, in 1e-5 of a percent: exact for what Moodle keeps, 33.33333%.
type Weight int64

// Full is the whole mark.
const Full Weight = 100_00000

// Number is a value, a value with a tolerance, a range with both ends, or anything.
type Number struct {
	Any       bool    `json:"any,omitempty"`
	Value     Decimal `json:"value,omitempty"`
	Tolerance Decimal `json:"tolerance,omitempty"` // empty: exact
	Low       Decimal `json:"low,omitempty"`
	High      Decimal `json:"high,omitempty"`
}

// Decimal is a number as it was written: -3.142, .5 or 1e-6; at most 40 characters and an exponent within ±30.
type Decimal string

// Pair is one line of a matching question. A pair without Left is a wrong match to choose from.
type Pair struct {
	Left  Text   `json:"left,omitzero"`
	Right string `json:"right"`
}

// Criterion is one line of a rubric.
type Criterion struct {
	Name   string `json:"name"`
	Points int    `json:"points" minimum:"1" maximum:"1000"` // at most
	Guide  Text   `json:"guide,omitzero" doc:"what earns how many"`
}

// Speaker is who says a line of a dialogue.
type Speaker string

// The speakers. The agent's lines are given, as an opening or an example; a customer's line waits for an answer.
const (
	Customer Speaker = "customer"
	Agent    Speaker = "agent"
)

// Turn is one line of a dialogue, and what the answer to a customer's line must and must not say.
type Turn struct {
	Speaker   Speaker  `json:"speaker" enum:"customer,agent"`
	Text      string   `json:"text"`
	Required  []string `json:"required,omitempty" nullable:"false" doc:"of the customer's lines only"`
	Forbidden []string `json:"forbidden,omitempty" nullable:"false" doc:"of the customer's lines only"`
}

// Limits of one file, or of one question in it.
const (
	MaxBytes     = 16 << 20 // of a file
	MaxUnpacked  = 64 << 20 // of a workbook once unpacked
	MaxQuestions = 10_000
	MaxParts     = 200      // answers, pairs, items, criteria, turns or tags of a question
	MaxText      = 64 << 10 // bytes of one text
	MaxLine      = 1000     // bytes of a title, category, id or tag
	MaxRows      = 200_000
	MaxColumns   = 64
	MaxDepth     = 32 // of XML elements
)

const difficultyTag = "difficulty:"

// Bounds are the smallest and largest right value, both included; ok is false for Any.
func (n Number) Bounds() (low, high *big.Rat, ok bool) {
	switch {
	case n.Any:
		return nil, nil, false
	case n.Value == "":
		return n.Low.rat(), n.High.rat(), true
	case n.Tolerance == "":
		return n.Value.rat(), n.Value.rat(), true
	}
	return new(big.Rat).Sub(n.Value.rat(), n.Tolerance.rat()), new(big.Rat).Add(n.Value.rat(), n.Tolerance.rat()), true
}

// String writes the number as GIFT does: 5, 5:0.1, 4.9..5.1 or *.
func (n Number) String() string {
	switch {
	case n.Any:
		return "*"
	case n.Value == "" && n.Low == "" && n.High == "":
		return ""
	case n.Value == "":
		return string(n.Low) + ".." + string(n.High)
	case n.Tolerance == "":
		return string(n.Value)
	}
	return string(n.Value) + ":" + string(n.Tolerance)
}

func (n Number) right() bool {
	switch {
	case n.Any:
		return n == Number{Any: true}
	case n.Value != "":
		return n.Value.right() && n.Low == "" && n.High == "" && (n.Tolerance == "" || n.Tolerance.right() && n.Tolerance.rat().Sign() >= 0)
	}
	return n.Low.right() && n.High.right() && n.Tolerance == "" && n.Low.rat().Cmp(n.High.rat()) <= 0
}

// parseNumber reads what String writes; spaces do not count. What is wrong with it, right says.
func parseNumber(s string) Number {
	s = strings.TrimSpace(s)
	if s == "*" {
		return Number{Any: true}
	}
	if low, high, found := strings.Cut(s, ".."); found {
		return Number{Low: Decimal(strings.TrimSpace(low)), High: Decimal(strings.TrimSpace(high))}
	}
	value, tolerance, _ := strings.Cut(s, ":")
	return Number{Value: Decimal(strings.TrimSpace(value)), Tolerance: Decimal(strings.TrimSpace(tolerance))}
}

func (d Decimal) right() bool {
	mantissa, exponent, scaled := strings.Cut(strings.ReplaceAll(string(d), "E", "e"), "e")
	if scaled {
		if n, err := strconv.Atoi(exponent); err != nil || n < -30 || n > 30 {
			return false
		}
	}
	whole, part, pointed := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	return len(d) <= 40 && digits(whole) && digits(part) && (whole != "" || part != "") && (!pointed || part != "")
}

// rat is for a decimal that is right.
func (d Decimal) rat() *big.Rat {
	if r, ok := new(big.Rat).SetString(string(d)); ok {
		return r
	}
	return new(big.Rat)
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// String is the percentage, as short as it is exact: 100, 33.33333, -50.
func (w Weight) String() string {
	sign, n := "", int64(w)
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.FormatInt(n/1e5, 10)
	if part := n % 1e5; part != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(1e5+part, 10)[1:], "0")
	}
	return sign + s
}

// parseWeight reads a percentage of at most five decimals (further zeros do not count) between -100 and 100.
func parseWeight(s string) (Weight, bool) {
	number, negative := strings.CutPrefix(s, "-")
	whole, part, pointed := strings.Cut(number, ".")
	part = strings.TrimRight(part, "0")
	if whole == "" || len(whole) > 9 || len(part) > 5 || !digits(whole) || !digits(part) || pointed && number[len(number)-1] == '.' {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 5-len(part)), 10, 64)
	if negative {
		n = -n
	}
	return Weight(n), err == nil && -Full <= Weight(n) && Weight(n) <= Full
}

// Check finds the rules that a question breaks; nothing: it can be kept and written.
func Check(q *Question) Findings {
	c := &collector{}
	c.check(q, func(bool, int) Place { return Place{} })
	return c.all()
}

// problem is a rule that a question breaks; part counts from 1 in the list that the kind has, 0: the question itself.
type problem struct {
	code   string
	rubric bool // part counts criteria
	part   int
	params []string
}

// problems are the rules that the question breaks; readers and writers put them in place.
func (q *Question) problems() []problem {
	var found []problem
	add := func(part int, code string, params ...string) {
		found = append(found, problem{code: code, part: part, params: params})
	}
	text := func(part int, t Text) {
		if code := t.wrong(); code != "" {
			add(part, code, "format", string(t.Format))
		}
	}
	if q.Text.Body == "" {
		add(0, "stem_missing")
	}
	text(0, q.Text)
	text(0, q.Feedback)
	text(0, q.Guide)
	for _, line := range append([]string{q.ID, q.Title, q.Category}, q.Tags[:min(len(q.Tags), MaxParts)]...) {
		if wrongLine(line) {
			add(0, "line_wrong", "text", shorten(line), "limit", strconv.Itoa(MaxLine))
		}
	}
	if q.Category != tidyCategory(q.Category) {
		add(0, "category_wrong", "category", shorten(q.Category))
	}
	if len(q.Tags) > MaxParts {
		add(0, "part_count", "kind", string(q.Kind), "part", "tags", "count", strconv.Itoa(len(q.Tags)), "fewest", "0", "most", strconv.Itoa(MaxParts))
		return found
	}
	for i, tag := range q.Tags {
		if tag == "" || strings.HasPrefix(tag, difficultyTag) || slices.Contains(q.Tags[:i], tag) {
			add(0, "tag_wrong", "tag", shorten(tag))
		}
	}
	if q.Difficulty < 0 || q.Difficulty > 5 {
		add(0, "difficulty_wrong", "value", strconv.Itoa(q.Difficulty))
	}
	for i, c := range q.Rubric {
		if wrongLine(c.Name) || c.Name == "" || c.Points < 1 || c.Points > 1000 || c.Guide.wrong() != "" {
			found = append(found, problem{code: "criterion_wrong", rubric: true, part: i + 1})
		}
	}
	q.partProblems(add, text)
	return found
}

func (q *Question) partProblems(add func(int, string, ...string), text func(int, Text)) {
	has := map[string]bool{"answer": len(q.Answers) > 0, "pair": len(q.Pairs) > 0, "item": len(q.Items) > 0, "turn": len(q.Turns) > 0, "case": q.CaseMade, "guide": q.Guide.Body != "", "rubric": len(q.Rubric) > 0}
	may, fewest, most := []string{"answer"}, 1, MaxParts
	switch q.Kind {
	case SingleChoice, MultipleChoice:
		fewest = 2
	case TrueFalse:
		fewest, most = 2, 2
	case Numeric:
	case ShortText:
		may = append(may, "case")
	case Matching:
		may, fewest = []string{"pair"}, 2
	case Ordering:
		may, fewest = []string{"item"}, 2
	case Open:
		may, fewest = []string{"guide", "rubric"}, 0
	case Dialogue:
		may = []string{"turn", "guide", "rubric"}
	default:
		add(0, "kind_unknown", "kind", shorten(string(q.Kind)))
		return
	}
	for _, what := range []string{"answer", "pair", "item", "turn", "case", "guide", "rubric"} {
		if has[what] && !slices.Contains(may, what) {
			add(0, "part_not_of_kind", "part", what, "kind", string(q.Kind))
		}
	}
	if n := map[string]int{"answer": len(q.Answers), "pair": len(q.Pairs), "item": len(q.Items), "turn": len(q.Turns)}[may[0]]; n < fewest || n > most || len(q.Rubric) > MaxParts {
		add(0, "part_count", "kind", string(q.Kind), "part", may[0], "count", strconv.Itoa(n), "fewest", strconv.Itoa(fewest), "most", strconv.Itoa(most))
	}
	if may[0] == "answer" {
		q.answerProblems(add, text)
	}
	for i, p := range q.Pairs {
		text(i+1, p.Left)
		if wrongText(p.Right) || p.Right == "" {
			add(i+1, "match_missing")
		}
	}
	if q.Kind == Matching && len(q.Pairs) > 0 && !slices.ContainsFunc(q.Pairs, func(p Pair) bool { return p.Left.Body != "" }) {
		add(0, "right_answer_missing")
	}
	for i, item := range q.Items {
		if item.Body == "" {
			add(i+1, "part_empty")
		}
		text(i+1, item)
	}
	asked := len(q.Turns) == 0
	for i, t := range q.Turns {
		asked = asked || t.Speaker == Customer
		ruled := len(t.Required)+len(t.Forbidden) > 0
		words := slices.Concat(t.Required, t.Forbidden)
		if t.Speaker != Customer && t.Speaker != Agent || wrongText(t.Text) || t.Text == "" || ruled && t.Speaker == Agent ||
			slices.ContainsFunc(words, func(s string) bool { return s == "" || wrongLine(s) }) {
			add(i+1, "turn_wrong")
		}
	}
	if !asked {
		add(0, "customer_missing")
	}
}

func (q *Question) answerProblems(add func(int, string, ...string), text func(int, Text)) {
	var best, sum Weight
	for i, a := range q.Answers {
		text(i+1, a.Feedback)
		text(i+1, a.Text)
		best, sum = max(best, a.Weight), sum+max(0, a.Weight)
		offered := q.Kind == SingleChoice || q.Kind == MultipleChoice
		switch {
		case a.Weight < -Full || a.Weight > Full || a.Weight < 0 && !offered:
			add(i+1, "weight_wrong", "value", a.Weight.String())
		case q.Kind == TrueFalse && (a.Weight != 0 && a.Weight != Full || a.Text != Text{} || a.Number != Number{}):
			add(i+1, "true_false_wrong")
		case q.Kind == Numeric && (!a.Number.right() || a.Text != Text{}):
			add(i+1, "number_wrong", "value", shorten(a.Number.String()))
		case q.Kind != Numeric && a.Number != Number{}:
			add(i+1, "part_not_of_kind", "part", "number", "kind", string(q.Kind))
		case (offered || q.Kind == ShortText) && a.Text.Body == "":
			add(i+1, "part_empty")
		}
	}
	slack := Weight(len(q.Answers)) // thirds and sevenths are cut to five decimals
	switch {
	case len(q.Answers) == 0:
	case q.Kind == MultipleChoice && (sum < Full-slack || sum > Full+slack):
		add(0, "weights_sum", "sum", sum.String())
	case q.Kind != MultipleChoice && best != Full, q.Kind == TrueFalse && sum != Full:
		add(0, "right_answer_missing")
	}
}

func (t Text) wrong() string {
	switch {
	case t.Body == "" && t.Format == "":
		return ""
	case t.Body == "" || t.Format != Plain && t.Format != HTML && t.Format != Markdown && t.Format != Moodle:
		return "format_unknown"
	case len(t.Body) > MaxText:
		return "text_too_long"
	case wrongText(t.Body):
		return "text_wrong"
	}
	return ""
}

func wrongText(s string) bool {
	return len(s) > MaxText || !utf8.ValidString(s) || s != strings.TrimSpace(s) || strings.ContainsFunc(s, forbidden)
}

func wrongLine(s string) bool {
	return len(s) > MaxLine || wrongText(s) || strings.ContainsAny(s, "\n\t")
}

// forbidden characters are in no text: no format can carry them all.
func forbidden(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF'
}

// tidyCategory takes away where Moodle keeps a category: "$course$/top/Shipping" is "Shipping".
func tidyCategory(s string) string {
	var path []string
	for part := range strings.SplitSeq(strings.ReplaceAll(s, "//", "\x00"), "/") {
		path = append(path, strings.TrimSpace(part))
	}
	if n := len(path[0]); n > 2 && path[0][0] == '$' && path[0][n-1] == '$' {
		path = path[1:]
	}
	if len(path) > 0 && path[0] == "top" {
		path = path[1:]
	}
	return strings.ReplaceAll(strings.Join(path, "/"), "\x00", "//")
}

// tagged adds the difficulty to the tags, for formats that know tags only.
func (q *Question) tagged() []string {
	if q.Difficulty == 0 {
		return q.Tags
	}
	return append(slices.Clone(q.Tags), difficultyTag+strconv.Itoa(q.Difficulty))
}

// untag is the reverse of tagged; a difficulty that is none of ours makes Difficulty wrong.
func (q *Question) untag(tags []string) {
	for _, tag := range tags {
		if level, is := strings.CutPrefix(tag, difficultyTag); is {
			n, err := strconv.Atoi(level)
			if err != nil || n < 1 {
				n = -1
			}
			q.Difficulty = n
		} else if len(q.Tags) <= MaxParts && !slices.Contains(q.Tags, tag) {
			q.Tags = append(q.Tags, tag)
		}
	}
}

// text makes the normal form: trimmed, and without a format where there is nothing.
func text(format TextFormat, body string) Text {
	if body = strings.TrimSpace(body); body == "" {
		return Text{}
	}
	return Text{Format: format, Body: body}
}

func shorten(s string) string {
	if runes := []rune(strings.ToValidUTF8(s, "?")); len(runes) > 60 {
		return string(runes[:60]) + "..."
	}
	return strings.ToValidUTF8(s, "?")
}
