package exchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// element is one XML element, its text joined and trimmed by nobody.
type element struct {
	name  string
	attrs map[string]string
	text  string
	kids  []*element
	line  int
}

// moodleReader reads one <question> after the other.
type moodleReader struct {
	c         *collector
	category  string
	questions []Question
}

// moodleQuestion is a question while it is read.
type moodleQuestion struct {
	*moodleReader
	e     *element
	q     Question
	parts []int
	known map[string]bool // names of children that were read
	bad   bool
}

func readMoodle(data []byte, c *collector) []Question {
	d := xml.NewDecoder(bytes.NewReader(data))
	r := &moodleReader{c: c}
	rooted := false
	for {
		token, err := d.Token()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) && rooted {
			return r.questions
		}
		if err != nil {
			c.add(Broken, Place{Line: line}, "xml_malformed", "detail", xmlDetail(err))
			return nil
		}
		switch t := token.(type) {
		case xml.Directive:
			c.add(Broken, Place{Line: line}, "xml_doctype")
			return nil
		case xml.StartElement:
			if !rooted && t.Name.Local == "quiz" {
				rooted = true
				continue
			}
			if !rooted || t.Name.Local != "question" {
				c.add(Broken, Place{Line: line}, "xml_element", "expected", map[bool]string{false: "quiz", true: "question"}[rooted], "found", shorten(t.Name.Local))
				return nil
			}
			e, ok := r.element(d, t, 2)
			if !ok {
				return nil
			}
			r.question(e)
		case xml.CharData:
			if rooted && len(bytes.TrimSpace(t)) > 0 {
				c.add(Broken, Place{Line: line}, "xml_element", "expected", "question", "found", firstLine(string(t)))
				return nil
			}
		}
		if len(r.questions) > MaxQuestions {
			return r.questions
		}
	}
}

// element reads to the end of the element that began.
func (r *moodleReader) element(d *xml.Decoder, start xml.StartElement, depth int) (*element, bool) {
	line, _ := d.InputPos()
	e := &element{name: start.Name.Local, line: line, attrs: map[string]string{}}
	for _, a := range start.Attr {
		e.attrs[a.Name.Local] = a.Value
	}
	if depth > MaxDepth {
		r.c.add(Broken, Place{Line: line}, "xml_deep", "limit", strconv.Itoa(MaxDepth))
		return nil, false
	}
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			line, _ := d.InputPos()
			r.c.add(Broken, Place{Line: line}, "xml_malformed", "detail", xmlDetail(err))
			return nil, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			kid, ok := r.element(d, t, depth+1)
			if !ok {
				return nil, false
			}
			e.kids = append(e.kids, kid)
		case xml.EndElement:
			e.text = text.String()
			return e, true
		case xml.CharData:
			text.Write(t)
		case xml.Directive:
			line, _ := d.InputPos()
			r.c.add(Broken, Place{Line: line}, "xml_doctype")
			return nil, false
		}
	}
}

func xmlDetail(err error) string {
	if syntax := (*xml.SyntaxError)(nil); errors.As(err, &syntax) {
		return shorten(syntax.Msg)
	}
	return shorten(err.Error())
}

func (r *moodleReader) question(e *element) {
	if e.attrs["type"] == "category" {
		r.category = tidyCategory(strings.TrimSpace(e.kid("category").inner()))
		return
	}
	kind, ok := map[string]Kind{
		"multichoice": MultipleChoice, "truefalse": TrueFalse, "numerical": Numeric, "shortanswer": ShortText,
		"matching": Matching, "match": Matching, "ordering": Ordering, "essay": Open,
	}[e.attrs["type"]]
	if !ok {
		r.c.add(Whole, Place{Line: e.line}, "moodle_type", "type", shorten(e.attrs["type"]))
		return
	}
	m := &moodleQuestion{moodleReader: r, e: e, known: map[string]bool{}}
	m.q = Question{Kind: kind, Line: e.line, Category: r.category}
	m.q.Title = strings.TrimSpace(m.one("name").inner())
	m.q.ID = strings.TrimSpace(m.one("idnumber").inner())
	m.q.Text = m.text(m.one("questiontext"))
	m.q.Feedback = m.text(m.one("generalfeedback"))
	for _, tag := range m.all("tags") {
		for _, t := range tag.kids {
			m.q.untag([]string{strings.TrimSpace(t.inner())})
		}
	}
	m.answers()
	m.leftovers()
	if !m.bad {
		r.c.check(&m.q, func(_ bool, part int) Place {
			if part > 0 && part <= len(m.parts) {
				return Place{Line: m.parts[part-1]}
			}
			return Place{Line: e.line}
		})
	}
	r.questions = append(r.questions, m.q)
}

func (m *moodleQuestion) answers() {
	switch m.q.Kind {
	case Open:
		m.q.Guide = m.text(m.one("graderinfo"))
		return
	case Matching:
		for _, e := range m.all("subquestion") {
			m.q.Pairs = append(m.q.Pairs, Pair{Left: m.text(e), Right: strings.TrimSpace(e.kid("answer").inner())})
			m.parts = append(m.parts, e.line)
		}
		return
	case Ordering:
		for _, e := range m.all("answer") {
			m.q.Items = append(m.q.Items, m.text(e))
			m.parts = append(m.parts, e.line)
			m.lost(e.kid("feedback"), "feedback")
		}
		return
	case MultipleChoice:
		if single := m.one("single"); single != nil {
			switch value := strings.TrimSpace(single.text); value {
			case "true", "1":
				m.q.Kind = SingleChoice
			case "false", "0":
			default:
				m.wrong(single, value)
			}
		} else {
			m.q.Kind = SingleChoice // Moodle's default
		}
	case SingleChoice, TrueFalse, Numeric, Dialogue:
	case ShortText:
		if e := m.one("usecase"); e != nil {
			value := strings.TrimSpace(e.text)
			if m.q.CaseMade = value == "1"; value != "1" && value != "0" {
				m.wrong(e, value)
			}
		}
	}
	for _, e := range m.all("answer") {
		m.answer(e)
	}
	if m.q.Kind == TrueFalse && !m.bad {
		m.verdicts()
	}
}

func (m *moodleQuestion) answer(e *element) {
	w, ok := parseWeight(strings.TrimSpace(e.attrs["fraction"]))
	if !ok {
		m.c.add(Broken, Place{Line: e.line}, "weight_wrong", "value", shorten(e.attrs["fraction"]))
		m.bad = true
	}
	a := Answer{Weight: w, Text: m.text(e), Feedback: m.text(e.kid("feedback"))}
	if m.q.Kind == Numeric {
		body := a.Text.Body
		a.Text = Text{}
		a.Number = Number{Any: body == "*"}
		if !a.Number.Any {
			a.Number = Number{Value: Decimal(body), Tolerance: Decimal(strings.TrimSpace(e.kid("tolerance").inner()))}
		}
	}
	m.q.Answers = append(m.q.Answers, a)
	m.parts = append(m.parts, e.line)
}

// verdicts puts the answers "true" and "false" in our order.
func (m *moodleQuestion) verdicts() {
	if len(m.q.Answers) != 2 {
		return
	}
	for i := range m.q.Answers {
		word := strings.ToLower(m.q.Answers[i].Text.Body)
		if word != "true" && word != "false" {
			m.c.add(Broken, Place{Line: m.parts[i]}, "true_false_wrong")
			m.bad = true
			return
		}
		if (word == "true") != (i == 0) && i == 0 {
			slices.Reverse(m.q.Answers)
			slices.Reverse(m.parts)
		}
	}
	if strings.EqualFold(m.q.Answers[0].Text.Body, m.q.Answers[1].Text.Body) {
		m.c.add(Broken, Place{Line: m.parts[1]}, "true_false_wrong")
		m.bad = true
		return
	}
	m.q.Answers[0].Text, m.q.Answers[1].Text = Text{}, Text{}
}

// leftovers names the children that say something and were not read.
func (m *moodleQuestion) leftovers() {
	for _, e := range m.e.kids {
		value := strings.TrimSpace(e.text)
		switch e.name {
		case "penalty", "shuffleanswers", "answernumbering", "showstandardinstruction", "shownumcorrect", "layouttype", "selecttype",
			"selectcount", "gradingtype", "showgrading", "numberingstyle", "responseformat", "responserequired", "responsefieldlines",
			"minwordlimit", "maxwordlimit", "unitgradingtype", "unitpenalty", "showunits", "unitsleft", "attachments", "attachmentsrequired",
			"maxbytes", "filetypeslist":
			continue // settings of the quiz
		case "hidden":
			if value == "0" {
				continue
			}
		case "defaultgrade":
			if n, err := strconv.ParseFloat(value, 64); err == nil && n == 1 {
				continue
			}
		case "answer": // a comment that old versions wrote
			if m.q.Kind == Open {
				continue
			}
		}
		if !m.known[e.name] {
			m.lost(e, e.name)
		}
	}
}

// lost names an element that says something.
func (m *moodleQuestion) lost(e *element, what string) {
	if e != nil && strings.TrimSpace(e.everything()) != "" {
		m.c.add(Detail, Place{Line: e.line}, "left_out", "what", "<"+shorten(what)+">")
	}
}

func (m *moodleQuestion) wrong(e *element, value string) {
	m.c.add(Broken, Place{Line: e.line}, "xml_value", "element", e.name, "value", shorten(value))
	m.bad = true
}

// text reads <x format="html"><text>...</text><file/></x>.
func (m *moodleQuestion) text(e *element) Text {
	if e == nil {
		return Text{}
	}
	for _, kid := range e.kids {
		if kid.name == "file" {
			m.c.add(Detail, Place{Line: kid.line}, "left_out", "what", "<file "+shorten(kid.attrs["name"])+">")
		}
	}
	format, ok := map[string]TextFormat{"": Moodle, "html": HTML, "moodle_auto_format": Moodle, "plain_text": Plain, "markdown": Markdown}[e.attrs["format"]]
	if !ok {
		m.wrong(e, e.attrs["format"])
	}
	return text(format, e.inner())
}

func (m *moodleQuestion) all(name string) []*element {
	m.known[name] = true
	var found []*element
	for _, kid := range m.e.kids {
		if kid.name == name {
			found = append(found, kid)
		}
	}
	return found
}

// one is the first child of that name, or nil; a second is named as left out.
func (m *moodleQuestion) one(name string) *element {
	found := m.all(name)
	if len(found) == 0 {
		return nil
	}
	for _, more := range found[1:] {
		m.lost(more, name)
	}
	return found[0]
}

func (e *element) kid(name string) *element {
	if e != nil {
		for _, kid := range e.kids {
			if kid.name == name {
				return kid
			}
		}
	}
	return nil
}

// inner is the text of <text>, or where there is none the element's own.
func (e *element) inner() string {
	if e == nil {
		return ""
	}
	if kid := e.kid("text"); kid != nil {
		return kid.text
	}
	return e.text
}

func (e *element) everything() string {
	all := []string{e.text}
	for _, kid := range e.kids {
		all = append(all, kid.everything())
	}
	return strings.Join(all, "")
}

func writeMoodle(out *bytes.Buffer, questions []Question, c *collector) {
	w := moodleWriter{out}
	w.line(0, `<?xml version="1.0" encoding="UTF-8"?>`)
	w.line(0, `<quiz>`)
	category := ""
	for i := range questions {
		q := &questions[i]
		if q.Kind == Dialogue {
			c.add(Whole, Place{Question: i + 1}, "kind_unsayable", "format", "Moodle XML", "kind", string(q.Kind))
			continue
		}
		if slices.ContainsFunc(q.Answers, func(a Answer) bool {
			value, tolerance := a.Number.middle()
			return q.Kind == Numeric && !parseNumber(value+":"+tolerance).right() && !a.Number.Any
		}) {
			c.add(Whole, Place{Question: i + 1}, "kind_unsayable", "format", "Moodle XML", "kind", string(q.Kind)+" (> 40)")
			continue
		}
		c.unsayable("Moodle XML", i+1, "rubric", len(q.Rubric) > 0)
		if q.Category != category {
			category = q.Category
			w.line(1, `<question type="category">`)
			w.line(2, "<category><text>"+escapeXML(orTop(category))+"</text></category>")
			w.line(1, `</question>`)
		}
		w.question(q)
	}
	w.line(0, `</quiz>`)
}

type moodleWriter struct{ out *bytes.Buffer }

func (w moodleWriter) question(q *Question) {
	name := map[Kind]string{
		SingleChoice: "multichoice", MultipleChoice: "multichoice", TrueFalse: "truefalse", Numeric: "numerical", ShortText: "shortanswer",
		Matching: "matching", Ordering: "ordering", Open: "essay",
	}[q.Kind]
	w.line(1, `<question type="`+name+`">`)
	w.line(2, "<name><text>"+escapeXML(q.Title)+"</text></name>")
	w.text(2, "questiontext", "", q.Text, "")
	w.text(2, "generalfeedback", "", q.Feedback, "")
	w.line(2, "<defaultgrade>1.0000000</defaultgrade>")
	w.line(2, "<hidden>0</hidden>")
	if q.ID != "" {
		w.line(2, "<idnumber>"+escapeXML(q.ID)+"</idnumber>")
	}
	switch q.Kind {
	case SingleChoice, MultipleChoice:
		w.line(2, fmt.Sprintf("<single>%t</single>", q.Kind == SingleChoice))
	case ShortText:
		w.line(2, "<usecase>"+map[bool]string{false: "0", true: "1"}[q.CaseMade]+"</usecase>")
	case Open:
		w.text(2, "graderinfo", "", q.Guide, "")
	case Ordering:
		w.line(2, "<layouttype>VERTICAL</layouttype>")
		w.line(2, "<selecttype>ALL</selecttype>")
		w.line(2, "<gradingtype>ALL_OR_NOTHING</gradingtype>")
	case TrueFalse, Numeric, Matching, Dialogue:
	}
	for i, a := range q.Answers {
		body, more := a.Text, ""
		if q.Kind == TrueFalse {
			body = Text{Moodle, []string{"true", "false"}[i]}
		}
		if q.Kind == Numeric {
			value, tolerance := a.Number.middle()
			body = Text{Moodle, value}
			if tolerance != "" {
				more = "<tolerance>" + tolerance + "</tolerance>"
			}
		}
		w.answer(body, a, more)
	}
	for _, p := range q.Pairs {
		w.text(2, "subquestion", "", p.Left, "<answer><text>"+escapeXML(p.Right)+"</text></answer>")
	}
	for i, item := range q.Items {
		w.text(2, "answer", fmt.Sprintf(` fraction="%d"`, i+1), item, "")
	}
	if tags := q.tagged(); len(tags) > 0 {
		w.line(2, "<tags>")
		for _, tag := range tags {
			w.line(3, "<tag><text>"+escapeXML(tag)+"</text></tag>")
		}
		w.line(2, "</tags>")
	}
	w.line(1, "</question>")
}

func (w moodleWriter) answer(body Text, a Answer, more string) {
	var feedback bytes.Buffer
	if a.Feedback.Body != "" {
		moodleWriter{&feedback}.text(3, "feedback", "", a.Feedback, "")
	}
	w.text(2, "answer", ` fraction="`+a.Weight.String()+`"`, body, more+strings.TrimSpace(feedback.String()))
}

// text writes <name format=""><text>...</text>more</name>.
func (w moodleWriter) text(indent int, name, attrs string, t Text, more string) {
	format := map[TextFormat]string{"": "html", HTML: "html", Moodle: "moodle_auto_format", Plain: "plain_text", Markdown: "markdown"}[t.Format]
	w.line(indent, "<"+name+attrs+` format="`+format+`"><text>`+escapeXML(t.Body)+"</text>"+more+"</"+name+">")
}

func (w moodleWriter) line(indent int, s string) {
	w.out.WriteString(strings.Repeat("  ", indent) + s + "\n")
}

func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// middle is the number as Moodle keeps it: the value and how far off is still right. A range is its middle and half its
// width, exactly.
func (n Number) middle() (value, tolerance string) {
	if n.Any {
		return "*", ""
	}
	if n.Low == "" {
		return string(n.Value), string(n.Tolerance)
	}
	low, high, _ := n.Bounds()
	half := big.NewRat(1, 2)
	middle := new(big.Rat).Mul(half, new(big.Rat).Add(low, high))
	width := new(big.Rat).Mul(half, new(big.Rat).Sub(high, low))
	return exact(middle), exact(width)
}

// exact writes a rational whose denominator divides a power of ten.
func exact(r *big.Rat) string {
	places, _ := r.FloatPrec()
	return r.FloatString(places)
}
