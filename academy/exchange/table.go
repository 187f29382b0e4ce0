package exchange

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// record is one row of a table; at says where a cell is.
type record struct {
	cells []string
	at    func(column int) Place
}

// tableReader puts the rows of CSV and XLSX together.
type tableReader struct {
	c         *collector
	columns   map[string]int
	questions []Question
	places    []Place // of the question that is read and its parts, criteria apart
	rubric    []Place
	bad       bool
}

// tableColumns are the columns in the order in which they are written, each with its Chinese name.
func tableColumns() [][2]string {
	return [][2]string{
		{"part", "行"},
		{"kind", "题型"},
		{"id", "编号"},
		{"title", "标题"},
		{"category", "知识点"},
		{"difficulty", "难度"},
		{"tags", "标签"},
		{"case", "区分大小写"},
		{"format", "格式"},
		{"text", "内容"},
		{"weight", "分值"},
		{"match", "配对"},
		{"points", "分数"},
		{"speaker", "说话人"},
		{"required", "要点"},
		{"forbidden", "禁语"},
		{"feedback", "反馈"},
		{"feedback_format", "反馈格式"},
		{"guide", "评分说明"},
		{"guide_format", "评分说明格式"},
	}
}

// tableParts are the parts with the columns that each may fill.
func tableParts() map[string][]string {
	return map[string][]string{
		"question":  {"kind", "id", "title", "category", "difficulty", "tags", "case", "format", "text", "feedback", "feedback_format", "guide", "guide_format"},
		"answer":    {"format", "text", "weight", "feedback", "feedback_format"},
		"pair":      {"format", "text", "match"},
		"item":      {"format", "text"},
		"criterion": {"text", "points", "guide", "guide_format"},
		"turn":      {"speaker", "text", "required", "forbidden"},
	}
}

// tableWord is the English of a word that may be written in Chinese.
func tableWord(s string) string {
	word, ok := map[string]string{
		"题目": "question", "选项": "answer", "答案": "answer", "配对项": "pair", "排序项": "item", "评分项": "criterion", "对话": "turn",
		"单选题": "single_choice", "多选题": "multiple_choice", "判断题": "true_false", "数值题": "numeric", "填空题": "short_text",
		"匹配题": "matching", "排序题": "ordering", "问答题": "open", "对话题": "dialogue",
		"是": "yes", "否": "no", "对": "true", "错": "false", "顾客": "customer", "客服": "agent",
	}[s]
	if ok {
		return word
	}
	return strings.ToLower(s)
}

// header reads the names of the columns; false: the rows cannot be read.
func (t *tableReader) header(r record) bool {
	t.columns = map[string]int{}
	for i, cell := range r.cells {
		name := strings.TrimSpace(cell)
		at := slices.IndexFunc(tableColumns(), func(c [2]string) bool { return strings.EqualFold(c[0], name) || c[1] == name })
		if at < 0 {
			if name != "" {
				t.c.add(Detail, r.at(i), "table_column_unknown", "column", shorten(name))
			}
			continue
		}
		if _, twice := t.columns[tableColumns()[at][0]]; twice {
			t.c.add(Detail, r.at(i), "table_column_unknown", "column", shorten(name))
			continue
		}
		t.columns[tableColumns()[at][0]] = i
	}
	for _, column := range []string{"part", "kind", "text"} {
		if _, ok := t.columns[column]; !ok {
			t.c.add(Broken, r.at(0), "table_columns", "column", column)
			return false
		}
	}
	return true
}

// row reads one row after the header.
func (t *tableReader) row(r record) {
	empty := true
	for i, cell := range r.cells {
		r.cells[i] = strings.TrimSpace(unescapeCell(cell))
		empty = empty && r.cells[i] == ""
	}
	if empty {
		return
	}
	part := tableWord(t.cell(r, "part"))
	may, ok := tableParts()[part]
	if !ok || part != "question" && len(t.questions) == 0 {
		t.c.add(Broken, t.at(r, "part"), "table_part", "text", shorten(t.cell(r, "part")))
		t.bad = true
		return
	}
	if len(t.questions) > MaxQuestions {
		return
	}
	if part == "question" {
		t.finish()
		t.questions = append(t.questions, Question{})
	}
	for _, column := range tableColumns()[1:] {
		if t.cell(r, column[0]) != "" && !slices.Contains(may, column[0]) {
			t.c.add(Broken, t.at(r, column[0]), "table_misplaced", "part", part, "column", column[0])
			t.bad = true
		}
	}
	t.part(r, part, &t.questions[len(t.questions)-1])
}

func (t *tableReader) part(r record, part string, q *Question) {
	place := t.at(r, "text")
	fallback := q.Text.Format
	switch part {
	case "question":
		q.Line = t.at(r, "part").Line
		q.Kind, q.ID, q.Title, q.Category = Kind(tableWord(t.cell(r, "kind"))), t.cell(r, "id"), t.cell(r, "title"), t.cell(r, "category")
		q.Tags = t.list(r, "tags")
		q.Text = t.text(r, "text", "format", Plain)
		q.Feedback = t.text(r, "feedback", "feedback_format", q.Text.Format)
		q.Guide = t.text(r, "guide", "guide_format", q.Text.Format)
		q.Difficulty = t.number(r, "difficulty", 5)
		switch tableWord(t.cell(r, "case")) {
		case "yes":
			q.CaseMade = true
		case "", "no":
		default:
			t.wrong(r, "case", "yes, no")
		}
		t.places = []Place{place}
	case "answer":
		a := Answer{Feedback: t.text(r, "feedback", "feedback_format", fallback)}
		if s := t.cell(r, "weight"); s != "" {
			w, ok := parseWeight(strings.TrimSuffix(s, "%"))
			if !ok {
				t.wrong(r, "weight", "-100 ... 100")
			}
			a.Weight = w
		}
		switch q.Kind {
		case Numeric:
			a.Number = parseNumber(t.cell(r, "text"))
			t.unformatted(r)
		case TrueFalse:
			if want := strconv.FormatBool(len(q.Answers) == 0); tableWord(t.cell(r, "text")) != want {
				t.wrong(r, "text", want)
			}
			t.unformatted(r)
		case SingleChoice, MultipleChoice, ShortText, Matching, Ordering, Open, Dialogue:
			a.Text = t.text(r, "text", "format", fallback)
		default: // found wrong when the question ends
			a.Text = t.text(r, "text", "format", fallback)
		}
		q.Answers = append(q.Answers, a)
		t.places = append(t.places, place)
	case "pair":
		q.Pairs = append(q.Pairs, Pair{Left: t.text(r, "text", "format", fallback), Right: t.cell(r, "match")})
		t.places = append(t.places, place)
	case "item":
		q.Items = append(q.Items, t.text(r, "text", "format", fallback))
		t.places = append(t.places, place)
	case "criterion":
		q.Rubric = append(q.Rubric, Criterion{Name: t.cell(r, "text"), Points: t.number(r, "points", 1000), Guide: t.text(r, "guide", "guide_format", fallback)})
		t.rubric = append(t.rubric, place)
	case "turn":
		q.Turns = append(q.Turns, Turn{Speaker: Speaker(tableWord(t.cell(r, "speaker"))), Text: t.cell(r, "text"), Required: t.list(r, "required"), Forbidden: t.list(r, "forbidden")})
		t.places = append(t.places, place)
	}
}

// finish checks the question whose rows have ended.
func (t *tableReader) finish() {
	if len(t.questions) > 0 && !t.bad {
		t.c.check(&t.questions[len(t.questions)-1], func(rubric bool, part int) Place {
			switch {
			case rubric:
				return t.rubric[part-1]
			case part < len(t.places):
				return t.places[part]
			}
			return t.places[0]
		})
	}
	t.places, t.rubric, t.bad = nil, nil, false
}

func (t *tableReader) cell(r record, column string) string {
	if i, ok := t.columns[column]; ok && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

func (t *tableReader) at(r record, column string) Place { return r.at(t.columns[column]) }

func (t *tableReader) text(r record, column, format string, fallback TextFormat) Text {
	body, named := t.cell(r, column), t.cell(r, format)
	if named != "" {
		fallback = TextFormat(strings.ToLower(named))
	}
	if body == "" && named != "" {
		t.wrong(r, format, column+" ("+format+")")
	}
	return text(fallback, body)
}

func (t *tableReader) unformatted(r record) {
	if t.cell(r, "format") != "" {
		t.c.add(Broken, t.at(r, "format"), "table_misplaced", "part", "answer", "column", "format")
		t.bad = true
	}
}

func (t *tableReader) list(r record, column string) []string {
	var list []string
	for line := range strings.SplitSeq(t.cell(r, column), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// number reads a whole number from 1 to most; 0 where the cell is empty.
func (t *tableReader) number(r record, column string, most int) int {
	s := t.cell(r, column)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > most {
		t.wrong(r, column, "1 ... "+strconv.Itoa(most))
	}
	return n
}

func (t *tableReader) wrong(r record, column, expected string) {
	t.c.add(Broken, t.at(r, column), "table_value", "column", column, "value", shorten(t.cell(r, column)), "expected", expected)
	t.bad = true
}

// tableRows are the header and the rows of the questions, escaped.
func tableRows(questions []Question, emit func(cells []string) error) error {
	columns := tableColumns()
	header := make([]string, len(columns))
	for i := range columns {
		header[i] = columns[i][0]
	}
	if err := emit(header); err != nil {
		return err
	}
	for i := range questions {
		for _, row := range questionRows(&questions[i]) {
			cells := make([]string, len(columns))
			for at, column := range columns {
				cells[at] = escapeCell(row[column[0]])
			}
			if err := emit(cells); err != nil {
				return err
			}
		}
	}
	return nil
}

func questionRows(q *Question) []map[string]string {
	put := func(row map[string]string, column, format string, t Text, usual TextFormat) map[string]string {
		row[column] = t.Body
		if t.Body != "" && t.Format != usual {
			row[format] = string(t.Format)
		}
		return row
	}
	usual := q.Text.Format
	head := map[string]string{
		"part": "question", "kind": string(q.Kind), "id": q.ID, "title": q.Title, "category": q.Category, "tags": strings.Join(q.Tags, "\n"),
		"text": q.Text.Body, "format": string(usual),
	}
	if q.Difficulty > 0 {
		head["difficulty"] = strconv.Itoa(q.Difficulty)
	}
	if q.CaseMade {
		head["case"] = "yes"
	}
	put(head, "feedback", "feedback_format", q.Feedback, usual)
	put(head, "guide", "guide_format", q.Guide, usual)
	rows := []map[string]string{head}
	for i, a := range q.Answers {
		row := put(map[string]string{"part": "answer", "weight": a.Weight.String()}, "feedback", "feedback_format", a.Feedback, usual)
		switch q.Kind {
		case Numeric:
			row["text"] = a.Number.String()
		case TrueFalse:
			row["text"] = strconv.FormatBool(i == 0)
		case SingleChoice, MultipleChoice, ShortText, Matching, Ordering, Open, Dialogue:
			put(row, "text", "format", a.Text, usual)
		}
		rows = append(rows, row)
	}
	for _, p := range q.Pairs {
		rows = append(rows, put(map[string]string{"part": "pair", "match": p.Right}, "text", "format", p.Left, usual))
	}
	for _, item := range q.Items {
		rows = append(rows, put(map[string]string{"part": "item"}, "text", "format", item, usual))
	}
	for _, c := range q.Rubric {
		rows = append(rows, put(map[string]string{"part": "criterion", "text": c.Name, "points": strconv.Itoa(c.Points)}, "guide", "guide_format", c.Guide, usual))
	}
	for _, turn := range q.Turns {
		rows = append(rows, map[string]string{
			"part": "turn", "speaker": string(turn.Speaker), "text": turn.Text,
			"required": strings.Join(turn.Required, "\n"), "forbidden": strings.Join(turn.Forbidden, "\n"),
		})
	}
	return rows
}

// escapeCell keeps a spreadsheet from taking a text for a formula; unescapeCell undoes exactly that.
func escapeCell(s string) string {
	if looksLikeFormula(s) {
		return "'" + s
	}
	return s
}

func unescapeCell(s string) string {
	if rest, found := strings.CutPrefix(s, "'"); found && looksLikeFormula(rest) {
		return rest
	}
	return s
}

func looksLikeFormula(s string) bool {
	if _, isNumber := parseWeight(s); isNumber || Decimal(s).right() {
		return false
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'"))
	return r != utf8.RuneError && strings.ContainsRune("=+-@＝＋－＠", r)
}
