package marking

import (
	"strings"
	"unicode"
)

// Fold is the form in which short texts are compared: wide letters, digits and signs are plain ones, runs of spaces are one
// space and none at the ends, a full stop at the end is not counted, and, unless it was said that letter case counts,
// letters are lower case.
func Fold(s string, caseMade bool) string {
	s = strings.Join(strings.Fields(narrow(s)), " ")
	s = strings.TrimSpace(strings.TrimRight(s, ".。"))
	if !caseMade {
		s = strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s)
	}
	return s
}

// narrow turns full-width forms (U+FF01 to U+FF5E) and the ideographic space into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFF01 + '!'
		case r == 0x3000:
			return ' '
		}
		return r
	}, s)
}

// matches tells whether s is what the pattern says, in which * is any run of characters and \* a star. The time is at most
// the product of their lengths.
func matches(pattern, s string) bool {
	type sign struct {
		r    rune
		wild bool
	}
	var signs []sign
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		if runes[i] == '\\' && i+1 < len(runes) && runes[i+1] == '*' {
			i++
			signs = append(signs, sign{r: '*'})
			continue
		}
		signs = append(signs, sign{r: runes[i], wild: runes[i] == '*'})
	}
	said := []rune(s)
	at, from, star := 0, 0, -1
	for i := 0; i < len(said); {
		switch {
		case at < len(signs) && signs[at].wild:
			star, from = at, i
			at++
		case at < len(signs) && signs[at].r == said[i]:
			at++
			i++
		case star >= 0:
			at = star + 1
			from++
			i = from
		default:
			return false
		}
	}
	for at < len(signs) && signs[at].wild {
		at++
	}
	return at == len(signs)
}
