package marking

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"peakseat/academy/exchange"
)

// AnswerGiven is what an examinee says to a question, each kind with its own member. The zero AnswerGiven is none.
type AnswerGiven struct {
	Choice  *int     `json:"choice,omitempty" doc:"single_choice: one of choices, from 0"`
	Choices []int    `json:"choices,omitempty" maxItems:"200" doc:"multiple_choice: some of choices, from 0"`
	Truth   *bool    `json:"truth,omitempty" doc:"true_false"`
	Number  string   `json:"number,omitempty" maxLength:"40" doc:"numeric: a decimal number such as -3.5 or 1e-6"`
	Text    string   `json:"text,omitempty" maxLength:"20000" doc:"short_text (at most 1,000 characters) and open"`
	Matches []int    `json:"matches,omitempty" maxItems:"200" doc:"matching: for each of lefts one of rights, from 0; -1: none yet"`
	Order   []int    `json:"order,omitempty" maxItems:"200" doc:"ordering: all of items, from 0, the first first"`
	Replies []string `json:"replies,omitempty" maxItems:"200" doc:"dialogue: one for each line of the customer; empty: none yet"`
}

// Limits of an answer, in characters.
const (
	MaxShort = 1000
	MaxOpen  = 20_000
	MaxReply = 5000
)

// Flaw is why an answer cannot be taken: where, a stable code, and a sentence in both languages.
type Flaw struct{ Pointer, Code, ZH, EN string }

// Check finds what is wrong with an answer to the question that was shown. It needs no key.
func (s Shown) Check(a AnswerGiven) []Flaw {
	var found []Flaw
	add := func(member, code, zh, en string) { found = append(found, Flaw{"/" + member, code, zh, en}) }
	has := a.members()
	for _, member := range []string{"choice", "choices", "truth", "number", "text", "matches", "order", "replies"} {
		if own := member == memberOf(s.Kind); has[member] && !own {
			add(member, "not_of_kind", "这道题不这样作答，请用 "+memberOf(s.Kind)+"。", "This question is not answered so; use "+memberOf(s.Kind)+".")
		}
	}
	if len(found) > 0 || !has[memberOf(s.Kind)] {
		return found
	}
	outside := func(member string, least, most int) {
		add(member, "out_of_range", fmt.Sprintf("只能是 %d 到 %d。", least, most), fmt.Sprintf("Must be %d to %d.", least, most))
	}
	switch s.Kind {
	case exchange.SingleChoice:
		if !within(*a.Choice, 0, len(s.Choices)) {
			outside("choice", 0, len(s.Choices)-1)
		}
	case exchange.MultipleChoice:
		for i, c := range a.Choices {
			at := "choices/" + strconv.Itoa(i)
			if !within(c, 0, len(s.Choices)) {
				outside(at, 0, len(s.Choices)-1)
			} else if slices.Contains(a.Choices[:i], c) {
				add(at, "not_unique", "同一选项写了两次。", "This choice is named twice.")
			}
		}
	case exchange.Numeric:
		if _, ok := number(a.Number); !ok {
			add("number", "not_a_number", "请填写一个数，例如 -3.5 或 1e-6，不含单位和千位分隔符。", "Write a decimal number such as -3.5 or 1e-6, without a unit or thousands separators.")
		}
	case exchange.ShortText:
		s.text(add, "text", a.Text, MaxShort)
	case exchange.Open:
		s.text(add, "text", a.Text, MaxOpen)
	case exchange.Matching:
		if len(a.Matches) != len(s.Lefts) {
			add("matches", "wrong_count", fmt.Sprintf("左边有 %d 项，请逐一作答。", len(s.Lefts)), fmt.Sprintf("There are %d left sides; name one right side for each.", len(s.Lefts)))
		}
		for i, m := range a.Matches {
			if !within(m, -1, len(s.Rights)) {
				outside("matches/"+strconv.Itoa(i), -1, len(s.Rights)-1)
			}
		}
	case exchange.Ordering:
		if sorted := slices.Sorted(slices.Values(a.Order)); !slices.Equal(sorted, upTo(len(s.Items))) {
			add("order", "not_an_order", fmt.Sprintf("请把 0 到 %d 各写一次。", len(s.Items)-1), fmt.Sprintf("Name each of 0 to %d once.", len(s.Items)-1))
		}
	case exchange.Dialogue:
		if len(a.Replies) != s.asked() {
			add("replies", "wrong_count", fmt.Sprintf("客户有 %d 句话，请逐句回复，未回复的留空。", s.asked()), fmt.Sprintf("The customer says %d lines; write one reply for each, empty where there is none yet.", s.asked()))
		}
		for i, r := range a.Replies {
			s.text(add, "replies/"+strconv.Itoa(i), r, MaxReply)
		}
	case exchange.TrueFalse:
	}
	return found
}

func (s Shown) text(add func(member, code, zh, en string), member, text string, most int) {
	switch {
	case utf8.RuneCountInString(text) > most:
		add(member, "too_long", fmt.Sprintf("最多 %d 个字符。", most), fmt.Sprintf("At most %d characters.", most))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }):
		add(member, "bad_characters", "含有无法保存的控制字符。", "It holds control characters that cannot be kept.")
	}
}

// Blank tells whether the answer says nothing.
func (a AnswerGiven) Blank() bool {
	return a.Choice == nil && len(a.Choices) == 0 && a.Truth == nil && strings.TrimSpace(a.Number) == "" && strings.TrimSpace(a.Text) == "" && len(a.Order) == 0 &&
		!slices.ContainsFunc(a.Matches, func(m int) bool { return m >= 0 }) &&
		!slices.ContainsFunc(a.Replies, func(r string) bool { return strings.TrimSpace(r) != "" })
}

func (a AnswerGiven) members() map[string]bool {
	return map[string]bool{
		"choice": a.Choice != nil, "choices": len(a.Choices) > 0, "truth": a.Truth != nil, "number": a.Number != "", "text": a.Text != "",
		"matches": len(a.Matches) > 0, "order": len(a.Order) > 0, "replies": len(a.Replies) > 0,
	}
}

func memberOf(k exchange.Kind) string {
	switch k {
	case exchange.SingleChoice:
		return "choice"
	case exchange.MultipleChoice:
		return "choices"
	case exchange.TrueFalse:
		return "truth"
	case exchange.Numeric:
		return "number"
	case exchange.ShortText, exchange.Open:
		return "text"
	case exchange.Matching:
		return "matches"
	case exchange.Ordering:
		return "order"
	case exchange.Dialogue:
		return "replies"
	}
	return ""
}

// number reads a decimal as people write it: wide digits and signs are plain ones.
func number(s string) (*big.Rat, bool) {
	s = strings.TrimPrefix(strings.ReplaceAll(narrow(strings.TrimSpace(s)), "−", "-"), "+")
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(s), "e")
	if n, err := strconv.Atoi(exponent); scaled && (err != nil || n < -30 || n > 30) {
		return nil, false
	}
	digits := strings.TrimPrefix(mantissa, "-")
	if len(s) > 40 || strings.Trim(digits, "0123456789.") != "" || strings.Count(digits, ".") > 1 || strings.Trim(digits, ".") == "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func within(n, least, below int) bool { return least <= n && n < below }
