package exchange

import (
	"fmt"
	"strconv"
	"strings"
)

// Finding is one thing that is wrong with a file, or would be lost by reading or writing it.
type Finding struct {
	Severity Severity
	Code     string // stable, snake_case
	Place    Place
	Params   map[string]string // what the texts speak of
	ZH, EN   string            // whole sentences: what was found, what was expected, what to do
}

// Severity is how much is lost; the zero Severity is nothing.
type Severity int

// The severities, from harmless on. A caller passes the worst that it accepts.
const (
	Nothing Severity = iota // nothing is lost: no finding has it, a caller may insist on it
	Detail                  // a part of a question is left out
	Whole                   // a whole question is left out
	Broken                  // not what the format, or a question, has to be: never accepted
)

// Place is where in a file, or for writing which question, all from 1; 0: not known or not sensible.
type Place struct {
	Sheet    string // of a workbook
	Line     int    // of a workbook the row
	Column   int    // of a table
	Question int    // of those that were to be written
}

// Findings are in the order of the file, at most [MaxFindings] and one that counts the others.
type Findings []Finding

// MaxFindings are listed of one file.
const MaxFindings = 500

// Worst is the worst severity found; Nothing when nothing was.
func (f Findings) Worst() Severity {
	worst := Nothing
	for _, finding := range f {
		worst = max(worst, finding.Severity)
	}
	return worst
}

// String is for logs: the place and the English text.
func (f Finding) String() string { return f.Place.String() + ": " + f.EN }

// String is the place in words of a log.
func (p Place) String() string {
	var parts []string
	if p.Sheet != "" {
		parts = append(parts, fmt.Sprintf("sheet %q", p.Sheet))
	}
	for _, n := range []struct {
		name string
		at   int
	}{{"line", p.Line}, {"column", p.Column}, {"question", p.Question}} {
		if n.at > 0 {
			parts = append(parts, n.name+" "+strconv.Itoa(n.at))
		}
	}
	if len(parts) == 0 {
		return "file"
	}
	return strings.Join(parts, ", ")
}

// collector gathers the findings of one file.
type collector struct {
	found Findings
	worst Severity
	more  int
}

// add puts a finding in place; params are names and values in turn.
func (c *collector) add(severity Severity, at Place, code string, params ...string) {
	c.worst = max(c.worst, severity)
	if len(c.found) >= MaxFindings {
		c.more++
		return
	}
	f := Finding{Severity: severity, Code: code, Place: at, Params: map[string]string{}}
	var names []string
	for i := 0; i+1 < len(params); i += 2 {
		f.Params[params[i]] = params[i+1]
		names = append(names, "{"+params[i]+"}", params[i+1])
	}
	zh, en := sentences(code)
	f.ZH, f.EN = strings.NewReplacer(names...).Replace(zh), strings.NewReplacer(names...).Replace(en)
	c.found = append(c.found, f)
}

// check adds what is wrong with a question; place says where a part of it is.
func (c *collector) check(q *Question, place func(rubric bool, part int) Place) {
	for _, p := range q.problems() {
		c.add(Broken, place(p.rubric, p.part), p.code, p.params...)
	}
}

// all are the findings, with one more that counts those over the limit.
func (c *collector) all() Findings {
	if c.more > 0 {
		count := strconv.Itoa(c.more)
		c.more = 0
		rest := collector{}
		rest.add(c.worst, Place{}, "more_findings", "count", count)
		c.found = append(c.found, rest.found...)
	}
	return c.found
}

// sentences are the texts of a code, with {names} of its parameters.
func sentences(code string) (zh, en string) {
	switch code {
	// Any file.
	case "more_findings":
		return "另有 {count} 处问题未列出。请先处理已列出的问题，再重新上传。", "There are {count} more findings. Deal with those listed first, then upload again."
	case "file_too_large":
		return "文件超过 {limit} 字节。请拆成几个文件分别导入。", "The file is larger than {limit} bytes. Split it and import the parts."
	case "file_empty":
		return "文件中没有题目。请确认选对了文件和格式。", "There is no question in the file. Make sure that the file and its format are the right ones."
	case "not_utf8":
		return "此处不是 UTF-8 编码（可能是 GBK 或 UTF-16）。请另存为 UTF-8；在 Excel 中选择“CSV UTF-8（逗号分隔）”。", "This is not UTF-8 (perhaps GBK or UTF-16). Save the file as UTF-8; in Excel choose \"CSV UTF-8 (comma delimited)\"."
	case "control_character":
		return "此处有不可见的控制字符 {character}。请删除它。", "There is the control character {character}, which cannot be seen. Delete it."
	case "too_many_questions":
		return "文件超过 {limit} 道题。请拆成几个文件分别导入。", "There are more than {limit} questions. Split the file and import the parts."
	// A question.
	case "stem_missing":
		return "题目没有题干。请写上要问的内容。", "The question asks nothing. Write what is asked."
	case "kind_unknown":
		return "没有“{kind}”这种题型。请改用 single_choice（单选题）、multiple_choice（多选题）、true_false（判断题）、numeric（数值题）、short_text（填空题）、matching（匹配题）、ordering（排序题）、open（问答题）或 dialogue（对话题）。", "There is no kind {kind}. Use single_choice, multiple_choice, true_false, numeric, short_text, matching, ordering, open or dialogue."
	case "part_not_of_kind":
		return "题型 {kind} 不能有 {part}。请删除它，或改题型。", "A question of kind {kind} has no {part}. Delete it or change the kind."
	case "part_count":
		return "题型 {kind} 应有 {fewest} 到 {most} 个 {part}，这里有 {count} 个。请增删。", "A question of kind {kind} has {fewest} to {most} of {part}; here are {count}. Add or remove some."
	case "part_empty":
		return "这一项没有内容。请填写或删除它。", "This part is empty. Fill it in or delete it."
	case "match_missing":
		return "这一对缺少右边的配对内容，或右边含有多余空白。请填写。", "This pair has no right side, or one with stray white space. Fill it in."
	case "right_answer_missing":
		return "没有得满分（100%）的正确答案。请标出正确答案。", "No answer earns the full mark (100%). Mark the right one."
	case "weights_sum":
		return "多选题正确选项的分值之和应为 100%，这里是 {sum}%。请调整分值。", "The weights of the right choices have to add up to 100%; here they make {sum}%. Change them."
	case "weight_wrong":
		return "分值“{value}”不对：应是 -100 到 100 的百分数，最多五位小数；负分只用于选择题。请改正。", "The weight {value} is wrong: a percentage from -100 to 100 with at most five decimals, below 0 in choice questions only. Correct it."
	case "number_wrong":
		return "“{value}”不是数值答案：应写成 5、5:0.1（允差）、4.9..5.1（范围，小数在前）或 *。请改正。", "{value} is no numeric answer: write 5, 5:0.1 (tolerance), 4.9..5.1 (range, lower end first) or *. Correct it."
	case "true_false_wrong":
		return "判断题的答案只能是 true（对）和 false（错），一个得 100%，另一个得 0。请改正。", "True/false has the answers true and false only, one worth 100% and the other 0. Correct it."
	case "criterion_wrong":
		return "评分项应有一行名称和 1 到 1000 的整数分。请改正。", "A criterion has a name of one line and 1 to 1000 whole points. Correct it."
	case "turn_wrong":
		return "对话的每一句应有说话人（customer 顾客或 agent 客服）和内容；要点和禁语每行一个，只能写在顾客的话上。请改正。", "A turn has a speaker (customer or agent) and a text; required and forbidden words are one a line and belong to the customer's turns. Correct it."
	case "customer_missing":
		return "对话中顾客没有说话，无从作答。请至少写一句顾客的话。", "The customer says nothing in the dialogue, so there is nothing to answer. Write at least one line of the customer's."
	case "format_unknown":
		return "没有“{format}”这种文本格式，或空文本带了格式。请用 plain、html、markdown 或 moodle。", "There is no text format {format}, or it has no text. Use plain, html, markdown or moodle."
	case "text_too_long":
		return "文本超过 64 KiB。请缩短或拆开。", "The text is longer than 64 KiB. Shorten or split it."
	case "text_wrong":
		return "文本含有控制字符、非法编码或首尾空白。请删除。", "The text has control characters, invalid encoding or white space around it. Remove them."
	case "line_wrong":
		return "“{text}”应是一行，不超过 {limit} 字节，首尾没有空白。请改正。", "{text} has to be one line of at most {limit} bytes without white space around it. Correct it."
	case "category_wrong":
		return "主题“{category}”不应以 top 或 $…$ 开头，斜杠两边也不应有空格。请改正。", "The category {category} must not begin with top or $...$, nor have spaces around its slashes. Correct it."
	case "tag_wrong":
		return "标签“{tag}”是空的、重复的或以 difficulty: 开头（保留给难度）。请改正。", "The tag {tag} is empty, there twice, or begins with difficulty: (kept for the difficulty). Correct it."
	case "difficulty_wrong":
		return "难度“{value}”不对：应是 1（易）到 5（难）。请改正。", "The difficulty {value} is wrong: 1 (easy) to 5 (hard). Correct it."
	case "unsayable":
		return "{format} 格式写不下此题的 {what}。请接受丢失，或改用 CSV 或 XLSX。", "{format} cannot say {what} of this question. Accept the loss, or use CSV or XLSX."
	case "kind_unsayable":
		return "{format} 格式写不下题型 {kind}。请略过此题，或改用 CSV 或 XLSX。", "{format} cannot say questions of kind {kind}. Leave the question out, or use CSV or XLSX."
	}
	return formatSentences(code)
}

// formatSentences are the texts about one format's own rules.
func formatSentences(code string) (zh, en string) {
	switch code {
	case "gift_brace_open":
		return "左花括号 { 没有配对的 }（空行表示题目结束）。请补上 }，或把文字中的花括号写成 \\{。", "The { is never closed (a blank line ends a question). Add }, or write a brace of the text as \\{."
	case "gift_brace_close":
		return "右花括号 } 之前没有 {。请补上 {，或写成 \\}。", "This } has no { before it. Add {, or write \\}."
	case "gift_second_answers":
		return "一道题只能有一组 {答案}。请拆成几道题，或把文字中的花括号写成 \\{ \\}。", "A question has one block of {answers}. Split it, or write braces of the text as \\{ \\}."
	case "gift_title_open":
		return "标题以 :: 开头，却没有 :: 结尾。请补上。", "The title begins with :: but does not end with ::. Add it."
	case "gift_unmarked":
		return "“{text}”前面应有 = 或 ~。请标明它是正确答案还是错误选项。", "{text} has neither = nor ~ before it. Mark it as a right or wrong answer."
	case "gift_arrow":
		return "匹配题的每一行应写成 =左 -> 右，“{text}”没有 ->。请补上。", "A line of a matching question is =left -> right; {text} has no ->. Add it."
	case "gift_ordering":
		return "排序题应写成 {>，同一行只写设置，从下一行起每行一项；“{text}”不认识。请改正。", "An ordering question is {> with its settings on that line and one item on each line after; {text} is not known. Correct it."
	case "gift_description":
		return "这一段没有 {答案}，是说明而不是题目。请加上答案（问答题写 {}），或略过它。", "This has no {answers}: it is a description, not a question. Add them ({} for an open question), or leave it out."
	case "left_out":
		return "题目中的 {what} 没有对应的地方，将被略去。请接受丢失，或先改原题。", "{what} has no place in a question here and is left out. Accept the loss, or change the original."
	case "moodle_type":
		return "Moodle 题型 {type} 不支持，此题将被略去。请改成支持的题型，或接受略去。", "Moodle's question type {type} is not supported and the question is left out. Change its type, or accept the loss."
	case "xml_malformed":
		return "XML 有误：{detail}。请从 Moodle 重新导出。", "The XML is malformed: {detail}. Export it from Moodle again."
	case "xml_doctype":
		return "文件含有文档类型声明或自定义实体，出于安全不读取。请删除 <!DOCTYPE …>。", "The file declares a document type or entities, which are not read for safety. Delete <!DOCTYPE ...>."
	case "xml_deep":
		return "XML 嵌套超过 {limit} 层。请从 Moodle 重新导出。", "The XML is nested more than {limit} deep. Export it from Moodle again."
	case "xml_element":
		return "此处应是 <{expected}>，却是 <{found}>。请确认这是 Moodle XML 题目文件。", "Expected <{expected}> and found <{found}>. Make sure that this is a file of questions in Moodle XML."
	case "xml_value":
		return "<{element}> 的值“{value}”不对。请改正。", "The value {value} of <{element}> is wrong. Correct it."
	case "aiken_line":
		return "“{text}”不是选项：题干之后每行应写成“A. 选项”或“A) 选项”，按字母顺序。请改正。", "{text} is no option: after the question each line is \"A. option\" or \"A) option\", in the order of the alphabet. Correct it."
	case "aiken_stem":
		return "选项或 ANSWER 之前没有题干。请先写一行题干。", "There is no question before this option or ANSWER. Write the question on the line before."
	case "aiken_answer":
		return "“{text}”不是答案行：选项之后应写 ANSWER: 和一个选项的字母。请改正。", "{text} is no answer: after the options write ANSWER: and the letter of one of them. Correct it."
	case "aiken_end":
		return "题目没有以 ANSWER: 结束。请补上答案行。", "The question does not end with ANSWER:. Add that line."
	case "table_malformed":
		return "表格有误：{detail}。请检查引号和分隔符，或重新保存文件。", "The table is malformed: {detail}. Check quotes and separators, or save the file again."
	case "table_columns":
		return "第一行应是列名，缺少 {column} 列。请按模板写第一行（CSV 用逗号分隔）。", "The first row has to name the columns; {column} is missing. Write it as the template does (commas separate in CSV)."
	case "table_column_unknown":
		return "不认识列名“{column}”，或它出现了两次；这一列将被略去。请改名，或接受丢失。", "The column {column} is not known, or is there twice; it is left out. Rename it, or accept the loss."
	case "table_part":
		return "“{text}”不是一种行：part 列应是 question、answer、pair、item、criterion 或 turn，且第一行是 question。请改正。", "{text} is no part: write question, answer, pair, item, criterion or turn, beginning with a question. Correct it."
	case "table_misplaced":
		return "{part} 行不能填 {column} 列。请清空或移到该填的行。", "A {part} row has no {column}. Clear the cell or move the value to where it belongs."
	case "table_value":
		return "{column} 列的值“{value}”不对，应是 {expected}。请改正。", "The value {value} of {column} is wrong, expected {expected}. Correct it."
	case "table_size":
		return "表格超过 {rows} 行或 {columns} 列。请拆成几个文件，并删除多余的空列。", "The table has more than {rows} rows or {columns} columns. Split it, and delete columns not needed."
	case "xlsx_formula":
		return "单元格是公式，按文字 {text} 读取，不计算。请改成值，或接受。", "The cell is a formula and read as the text {text}, not calculated. Change it to a value, or accept it."
	case "xlsx_shown":
		return "单元格是日期或特殊格式，按显示的“{text}”读取。请改成文本格式，或接受。", "The cell is a date or has a format of its own, and is read as it shows: {text}. Change its format to text, or accept it."
	case "xlsx_sheet":
		return "只读第一个工作表，工作表“{sheet}”将被略去。请移到第一个，或接受丢失。", "Only the first sheet is read; {sheet} is left out. Move its rows to the first, or accept the loss."
	case "xlsx_malformed":
		return "不是可以读取的 XLSX 文件：{detail}。请用 Excel 另存为 .xlsx（无密码）。", "This is not an XLSX file that can be read: {detail}. Save it as .xlsx without a password."
	}
	return "", ""
}
