package simulation

import (
	"strings"
	"unicode"
)

// holds tells whether the condition does for a text that was made plain.
func (s *Script) holds(when Condition, text string) bool {
	for _, name := range when.None {
		if s.said(name, text) {
			return false
		}
	}
	for _, name := range when.All {
		if !s.said(name, text) {
			return false
		}
	}
	for _, name := range when.Any {
		if s.said(name, text) {
			return true
		}
	}
	return len(when.Any) == 0
}

func (s *Script) said(intent, text string) bool {
	for _, phrase := range s.Intents[intent] {
		if saysAll(text, parts(phrase)) {
			return true
		}
	}
	return false
}

func saysAll(text string, list []string) bool {
	for _, part := range list {
		if !says(text, part) {
			return false
		}
	}
	return true
}

// parts are what a phrase joins with &, made plain.
func parts(phrase string) (list []string) {
	for part := range strings.SplitSeq(phrase, "&") {
		list = append(list, plain(part))
	}
	return list
}

// says tells whether part stands in text; where it begins or ends with a Latin letter or a digit, as a whole word there.
func says(text, part string) bool {
	for from := 0; from <= len(text); {
		i := strings.Index(text[from:], part)
		if i < 0 || part == "" {
			return false
		}
		begin, end := from+i, from+i+len(part)
		goesOnBefore := begin > 0 && isWord(text[begin-1]) && isWord(part[0])
		goesOnAfter := end < len(text) && isWord(text[end]) && isWord(part[len(part)-1])
		if !goesOnBefore && !goesOnAfter {
			return true
		}
		from = begin + 1
	}
	return false
}

func isWord(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

// plain is a text without differences of case, width and white space.
func plain(text string) string {
	var b strings.Builder
	space := false
	for _, r := range text {
		if r >= 0xFF01 && r <= 0xFF5E { // full-width forms
			r -= 0xFEE0
		}
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == '’':
			r = '\''
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
