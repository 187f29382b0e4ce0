package exchange

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// giftReader reads one paragraph (one question) after the other. Control characters that were escaped are runes of a
// private plane while a question is taken apart, so that only real ones are seen.
type giftReader struct {
	c         *collector
	category  string
	questions []Question
}

// giftQuestion is a question while it is read.
type giftQuestion struct {
	*giftReader
	q     Question
	at    int // line of the paragraph's first character
	whole string
	block string // what is between { and }
	from  int    // where block begins in whole
	parts []int  // lines of the parts
	bad   bool   // the answers cannot be read
}

func readGIFT(data []byte, c *collector) []Question {
	r := &giftReader{c: c}
	var paragraph []string
	var tags []string
	id, begin := "", 0
	lines := append(strings.Split(string(data), "\n"), "")
	for i, line := range lines {
		if len(r.questions) > MaxQuestions {
			break
		}
		bare := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(bare, "//"):
			commentID, commentTags := giftComment(bare)
			if id == "" {
				id = commentID
			}
			tags = append(tags, commentTags...)
			if len(paragraph) > 0 { // keep the count of lines
				paragraph = append(paragraph, " ")
			}
		case bare != "" && len(paragraph) == 0 && strings.HasPrefix(bare, "$CATEGORY:"):
			r.category = tidyCategory(strings.TrimSpace(strings.TrimPrefix(bare, "$CATEGORY:")))
		case bare != "":
			if len(paragraph) == 0 {
				begin = i + 1
			}
			paragraph = append(paragraph, line)
		case len(paragraph) > 0:
			g := giftQuestion{giftReader: r, at: begin, whole: hide(strings.Join(paragraph, "\n"))}
			g.q = Question{ID: id, Category: r.category, Line: begin}
			g.q.untag(tags)
			g.read()
			paragraph, id, tags = nil, "", nil
		default:
			id, tags = "", nil
		}
	}
	return r.questions
}

func (g *giftQuestion) read() {
	rest := strings.TrimLeft(g.whole, " \t\n")
	if title, found := strings.CutPrefix(rest, "::"); found {
		title, after, closed := strings.Cut(title, "::")
		if !closed {
			g.broken(0, "gift_title_open")
			return
		}
		g.q.Title, rest = giftLine(title), after
	}
	start := len(g.whole) - len(rest)
	open, end := strings.IndexByte(rest, '{'), strings.IndexByte(rest, '}')
	switch {
	case open < 0 && end < 0:
		g.c.add(Whole, g.place(start), "gift_description")
		return
	case end < 0:
		g.broken(start+open, "gift_brace_open")
		return
	case open < 0 || end < open:
		g.broken(start+end, "gift_brace_close")
		return
	}
	if more := strings.IndexAny(rest[end+1:], "{}"); more >= 0 {
		g.broken(start+end+1+more, "gift_second_answers")
		return
	}
	stem := strings.TrimSpace(rest[:open])
	if after := strings.TrimSpace(rest[end+1:]); after != "" { // the answers stand for a missing word
		stem = strings.TrimSpace(stem + " _____ " + after)
	}
	g.q.Text = giftText(stem, Moodle)
	format := g.q.Text.Format
	if format == "" {
		format = Moodle
	}
	g.block, g.from = rest[open+1:end], start+open+1
	if at := strings.LastIndex(g.block, "####"); at >= 0 {
		g.q.Feedback = giftText(g.block[at+4:], format)
		g.block = g.block[:at]
	}
	if g.answers(format); !g.bad {
		g.c.check(&g.q, func(_ bool, part int) Place {
			if part > 0 && part <= len(g.parts) {
				return Place{Line: g.parts[part-1]}
			}
			return Place{Line: g.at}
		})
	}
	g.questions = append(g.questions, g.q)
}

// answers tells the kind from the marks, in Moodle's order.
func (g *giftQuestion) answers(format TextFormat) {
	block := strings.TrimSpace(g.block)
	verdict, _, _ := strings.Cut(block, "#")
	verdict = strings.TrimSpace(verdict)
	switch {
	case block == "":
		g.q.Kind = Open
	case block[0] == '#':
		g.q.Kind = Numeric
		g.block = strings.Replace(g.block, "#", " ", 1)
		g.choices(format)
	case block[0] == '>':
		g.q.Kind = Ordering
		g.items(format)
	case strings.Contains(block, "~"):
		g.q.Kind = MultipleChoice
		if strings.Contains(block, "=") {
			g.q.Kind = SingleChoice
		}
		g.choices(format)
		if !slices.ContainsFunc(g.q.Answers, func(a Answer) bool { return a.Weight == Full }) {
			g.q.Kind = MultipleChoice // as people write it: =%50%a =%50%b ~c
		}
	case strings.Contains(block, "=") && strings.Contains(block, "->"):
		g.q.Kind = Matching
		g.pairs(format)
	case slices.Contains([]string{"T", "TRUE", "F", "FALSE"}, verdict):
		g.q.Kind = TrueFalse
		g.verdict(block, format)
	default:
		g.q.Kind = ShortText
		g.choices(format)
	}
}

// choices are the answers of choice, short text and numeric questions: a mark, a weight, the answer, feedback.
func (g *giftQuestion) choices(format TextFormat) {
	for _, piece := range g.pieces() {
		at := g.place(g.from + piece.at)
		a := Answer{Weight: Full}
		body := piece.text
		switch {
		case piece.mark == '~' && g.q.Kind == Numeric: // feedback to any other number
			a.Weight, a.Number = 0, Number{Any: true}
			_, feedback, _ := strings.Cut(body, "#")
			a.Feedback = giftText(feedback, format)
			g.add(a, at)
			continue
		case piece.mark == '~':
			a.Weight = 0
		case piece.mark == 0 && g.q.Kind != Numeric:
			g.broken(g.from+piece.at, "gift_unmarked", "text", firstLine(show(body)))
			continue
		}
		if weight, after, found := giftWeight(body); found {
			w, ok := parseWeight(weight)
			if !ok {
				g.broken(g.from+piece.at, "weight_wrong", "value", shorten(weight))
				continue
			}
			a.Weight, body = w, after
		}
		body, feedback, _ := strings.Cut(body, "#")
		a.Feedback = giftText(feedback, format)
		if g.q.Kind == Numeric {
			a.Number = parseNumber(giftPlain(body))
		} else {
			a.Text = giftText(body, format)
		}
		g.add(a, at)
	}
}

func (g *giftQuestion) add(a Answer, at Place) {
	g.q.Answers = append(g.q.Answers, a)
	g.parts = append(g.parts, at.Line)
}

func (g *giftQuestion) verdict(block string, format TextFormat) {
	bits := append(strings.SplitN(block, "#", 3), "", "")
	wrong, right := giftText(bits[1], format), giftText(bits[2], format)
	if strings.HasPrefix(block, "T") {
		g.q.Answers = []Answer{{Weight: Full, Feedback: right}, {Feedback: wrong}}
	} else {
		g.q.Answers = []Answer{{Feedback: wrong}, {Weight: Full, Feedback: right}}
	}
}

func (g *giftQuestion) pairs(format TextFormat) {
	for _, piece := range g.pieces() {
		at := g.place(g.from + piece.at)
		left, right, found := strings.Cut(piece.text, "->")
		switch {
		case piece.mark == 0:
			g.broken(g.from+piece.at, "gift_unmarked", "text", firstLine(show(piece.text)))
			continue
		case !found:
			g.broken(g.from+piece.at, "gift_arrow", "text", firstLine(show(piece.text)))
			continue
		}
		g.q.Pairs = append(g.q.Pairs, Pair{Left: giftText(left, format), Right: giftPlain(right)})
		g.parts = append(g.parts, at.Line)
	}
}

// items are the lines after "{>" and its settings, which say how Moodle shows and marks the question.
func (g *giftQuestion) items(format TextFormat) {
	lines := strings.Split(g.block, "\n")
	offset, begun := 0, false
	for _, line := range lines {
		if len(g.q.Items) > MaxParts || g.bad {
			return
		}
		at := g.from + offset
		offset += len(line) + 1
		bare := strings.TrimSpace(line)
		settings, is := strings.CutPrefix(bare, ">")
		switch {
		case bare == "":
		case !begun && is:
			begun = true
			for word := range strings.FieldsSeq(settings) {
				if !digits(word) && !slices.Contains(giftOrderingWords(), word) {
					g.broken(at, "gift_ordering", "text", shorten(show(word)))
				}
			}
		default:
			g.q.Items = append(g.q.Items, giftText(line, format))
			g.parts = append(g.parts, g.place(at).Line)
		}
	}
}

func giftOrderingWords() []string {
	return []string{
		"ALL", "EXACT", "RANDOM", "REL", "CONTIGUOUS", "CONTIG", "HORIZONTAL", "HORI", "H", "VERTICAL", "VERT", "V",
		"ALL_OR_NOTHING", "ABSOLUTE_POSITION", "ABSOLUTE", "ABS", "RELATIVE", "RELATIVE_NEXT_EXCLUDE_LAST", "RELATIVE_NEXT_INCLUDE_LAST",
		"RELATIVE_ONE_PREVIOUS_AND_NEXT", "RELATIVE_ALL_PREVIOUS_AND_NEXT", "LONGEST_ORDERED_SUBSET", "LONGEST_CONTIGUOUS_SUBSET",
	}
}

// piece is what follows one mark (= or ~, 0: none) up to the next.
type piece struct {
	mark byte
	text string
	at   int // in the block
}

// There is no need of more than a question may have.
func (g *giftQuestion) pieces() []piece {
	var all []piece
	p := piece{}
	for i := 0; i <= len(g.block) && len(all) <= MaxParts; i++ {
		if i < len(g.block) && g.block[i] != '=' && g.block[i] != '~' {
			continue
		}
		if p.text = g.block[p.at:i]; p.mark != 0 || strings.TrimSpace(p.text) != "" {
			if p.mark == 0 {
				p.at += len(p.text) - len(strings.TrimLeft(p.text, " \t\n"))
			}
			p.text = strings.TrimSpace(p.text)
			all = append(all, p)
		}
		if i < len(g.block) {
			p = piece{mark: g.block[i], at: i + 1}
		}
	}
	return all
}

func (g *giftQuestion) broken(at int, code string, params ...string) {
	g.c.add(Broken, g.place(at), code, params...)
	g.bad = true
}

func (g *giftQuestion) place(at int) Place {
	return Place{Line: g.at + strings.Count(g.whole[:at], "\n")}
}

// giftWeight splits "%50%text".
func giftWeight(s string) (weight, rest string, found bool) {
	after, is := strings.CutPrefix(s, "%")
	if !is {
		return "", "", false
	}
	weight, rest, found = strings.Cut(after, "%")
	return weight, rest, found && weight != "" && strings.Trim(weight, "-.0123456789") == ""
}

// giftText reads "[html]text"; line breaks that are not escaped are spaces, but in Markdown.
func giftText(s string, format TextFormat) Text {
	s = strings.TrimSpace(s)
	for _, f := range []TextFormat{Plain, HTML, Markdown, Moodle} {
		if rest, found := strings.CutPrefix(s, "["+string(f)+"]"); found {
			s, format = rest, f
			break
		}
	}
	if format != Markdown {
		s = giftJoin(s)
	}
	return text(format, show(s))
}

// giftPlain is a text without a format.
func giftPlain(s string) string { return strings.TrimSpace(show(giftJoin(s))) }

// giftLine is a text that has to be one line.
func giftLine(s string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(giftPlain(s))
}

// giftJoin makes one space of every line break and the white space around it.
func giftJoin(s string) string {
	lines := strings.Split(s, "\n")
	joined := lines[:0]
	for i, line := range lines {
		if i > 0 {
			line = strings.TrimLeft(line, " \t")
		}
		if i < len(lines)-1 {
			line = strings.TrimRight(line, " \t")
		}
		if line != "" || len(lines) == 1 {
			joined = append(joined, line)
		}
	}
	return strings.Join(joined, " ")
}

// The control characters, and what stands for each once it was escaped: runes that no file may hold (see encoding).
const (
	giftControl = "\\:#={}~"
	giftHidden  = "\x01\x02\x03\x04\x05\x06\x07\x08" // a line break is the last
)

// hide replaces escaped control characters; another backslash is a backslash.
func hide(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if at := strings.IndexByte(giftControl+"n", s[i+1]); at >= 0 {
				b.WriteByte(giftHidden[at])
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// show puts them back.
func show(s string) string {
	return strings.Map(func(r rune) rune {
		if at := strings.IndexRune(giftHidden, r); at >= 0 {
			return rune((giftControl + "\n")[at])
		}
		return r
	}, s)
}

// giftComment reads "// [id:7] [tag:a] [tag:b]".
func giftComment(line string) (id string, tags []string) {
	for {
		at := strings.IndexByte(line, '[')
		if at < 0 {
			return id, tags
		}
		line = line[at+1:]
		rest, isID := strings.CutPrefix(line, "id:")
		rest, isTag := strings.CutPrefix(rest, "tag:")
		if isID == isTag {
			continue
		}
		var value strings.Builder
		end := -1
		for i := 0; i < len(rest) && end < 0; i++ {
			switch {
			case rest[i] == ']':
				end = i
			case rest[i] == '\\' && i+1 < len(rest):
				i++
				value.WriteByte(rest[i])
			default:
				value.WriteByte(rest[i])
			}
		}
		if end < 0 {
			return id, tags
		}
		line = rest[end+1:]
		if v := strings.TrimSpace(value.String()); isTag && v != "" {
			tags = append(tags, v)
		} else if isID && id == "" {
			id = v
		}
	}
}

func writeGIFT(out *bytes.Buffer, questions []Question, c *collector) {
	category := ""
	for i := range questions {
		q := &questions[i]
		if !giftSayable(q, i+1, c) {
			continue
		}
		if q.Category != category {
			category = q.Category
			out.WriteString("$CATEGORY: " + orTop(category) + "\n\n")
		}
		if q.ID != "" || len(q.tagged()) > 0 {
			out.WriteString("//")
			escape := strings.NewReplacer(`\`, `\\`, `]`, `\]`)
			if q.ID != "" {
				out.WriteString(" [id:" + escape.Replace(q.ID) + "]")
			}
			for _, tag := range q.tagged() {
				out.WriteString(" [tag:" + escape.Replace(tag) + "]")
			}
			out.WriteByte('\n')
		}
		if q.Title != "" {
			out.WriteString("::" + giftEscape(q.Title) + "::")
		}
		out.WriteString("[" + string(q.Text.Format) + "]" + giftEscape(q.Text.Body))
		giftBlock(out, q)
	}
}

// giftSayable adds what GIFT cannot say; false: not even the rest.
func giftSayable(q *Question, at int, c *collector) bool {
	arrow := func(s string) bool { return strings.Contains(s, "->") }
	switch {
	case q.Kind == Dialogue:
		c.add(Whole, Place{Question: at}, "kind_unsayable", "format", "GIFT", "kind", string(q.Kind))
		return false
	case q.Kind == ShortText && slices.ContainsFunc(q.Answers, func(a Answer) bool {
		return arrow(a.Text.Body) || arrow(a.Feedback.Body)
	}), q.Kind == Matching && slices.ContainsFunc(q.Pairs, func(p Pair) bool { return arrow(p.Left.Body) }):
		c.add(Whole, Place{Question: at}, "kind_unsayable", "format", "GIFT", "kind", string(q.Kind)+` ("->")`)
		return false
	}
	c.unsayable("GIFT", at, "case", q.CaseMade, "guide", q.Guide.Body != "", "rubric", len(q.Rubric) > 0)
	return true
}

// giftBlock writes the answers.
func giftBlock(out *bytes.Buffer, q *Question) {
	feedback := func(mark string, t Text) string {
		if t.Body == "" {
			return ""
		}
		return mark + giftMarked(t, q.Text.Format)
	}
	switch q.Kind {
	case Open:
		out.WriteString("{")
	case TrueFalse:
		word, wrong, right := "FALSE", q.Answers[0].Feedback, q.Answers[1].Feedback
		if q.Answers[0].Weight == Full {
			word, wrong, right = "TRUE", right, wrong
		}
		out.WriteString("{" + word)
		if wrong.Body+right.Body != "" {
			out.WriteString("#" + giftMarked(wrong, q.Text.Format) + feedback("#", right))
		}
		out.WriteString("\n")
	case Matching:
		out.WriteString("{\n")
		for _, p := range q.Pairs {
			out.WriteString("\t=" + giftMarked(p.Left, q.Text.Format) + " -> " + giftEscape(p.Right) + "\n")
		}
	case Ordering:
		out.WriteString("{>" + strconv.Itoa(len(q.Items)) + " ALL VERTICAL ALL_OR_NOTHING\n")
		for _, item := range q.Items {
			out.WriteString("\t" + giftMarked(item, q.Text.Format) + "\n")
		}
	case SingleChoice, MultipleChoice, Numeric, ShortText, Dialogue:
		out.WriteString("{")
		if q.Kind == Numeric {
			out.WriteString("#")
		}
		out.WriteString("\n")
		marked := false
		for _, a := range q.Answers {
			mark := "~"
			switch {
			case q.Kind == Numeric, q.Kind == ShortText:
				mark = "="
			case q.Kind == SingleChoice && a.Weight == Full && !marked: // all marked so would be short text
				mark, marked = "=", true
			}
			body := giftMarked(a.Text, q.Text.Format)
			if q.Kind == Numeric {
				body = a.Number.String()
			}
			if usual := mark == "=" && a.Weight == Full || mark == "~" && a.Weight == 0; !usual || strings.HasPrefix(body, "%") {
				mark += "%" + a.Weight.String() + "%"
			}
			out.WriteString("\t" + mark + body + feedback("#", a.Feedback) + "\n")
		}
	}
	if q.Feedback.Body != "" {
		out.WriteString("\t" + feedback("####", q.Feedback) + "\n")
	}
	out.WriteString("}\n\n")
}

// giftMarked names the format where it is not the question's, or where the text looks as if it did.
func giftMarked(t Text, format TextFormat) string {
	if t.Body == "" || t.Format == format && t.Body[0] != '[' && t.Body[0] != '/' {
		return giftEscape(t.Body)
	}
	return "[" + string(t.Format) + "]" + giftEscape(t.Body)
}

func giftEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ":", `\:`, "#", `\#`, "=", `\=`, "{", `\{`, "}", `\}`, "~", `\~`, "\n", `\n`).Replace(s)
}

func orTop(category string) string {
	if category == "" {
		return "top"
	}
	return category
}
