package telemetry

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// redactor masks attributes before they are written.
type redactor struct {
	parts  []string // a name that contains one of these, less its dashes and underscores, is sensitive
	whole  []string // a name that is one of these
	looks  []look   // what is sensitive by its looks
	digits *regexp.Regexp
	plain  *strings.Replacer // takes the dashes and underscores out of a name
}

// look replaces what a pattern finds in texts that contain the hint; most texts have none and cost a search.
type look struct {
	hint    string
	pattern *regexp.Regexp
	becomes string
}

func newRedactor() *redactor {
	return &redactor{
		parts: []string{
			"password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "apikey", "privatekey", "datakey",
			"email", "phone", "mobile", "idnumber", "idcard", "bankaccount", "cardnumber", "realname", "fullname", "legalname", "displayname",
		},
		whole: []string{"otp", "pin", "jwt", "bearer", "iban"},
		looks: []look{
			{"ps_", regexp.MustCompile(`\bps_(rt|key|inv)_[A-Za-z0-9_-]+`), "ps_${1}_" + redacted},
			{"eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`), redacted},
			{"earer ", regexp.MustCompile(`\b([Bb])earer +[^\s"',]+`), "${1}earer " + redacted},
			{"argon2", regexp.MustCompile(`\$argon2[^\s"',]*,t=[^\s"']*`), redacted},
			{"://", regexp.MustCompile(`://[^/@\s]+@`), "://" + redacted + "@"},
			{"=", regexp.MustCompile(`(?i)\b(password|passwd|pwd|secret|token|api_key)=[^\s&"',]+`), "${1}=" + redacted},
			{"@", regexp.MustCompile(`[^\s@<>()\[\]{}"',;:=/\\|]+@[\pL\pN-]+(\.[\pL\pN-]+)+`), redacted},
		},
		// A Chinese mobile number, with or without the country's code, and a resident's identity number.
		digits: regexp.MustCompile(`\b((\+?86[ -]?)?1[3-9]\d{9}|[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx])\b`),
		plain:  strings.NewReplacer("-", "", "_", "", ".", "", " ", ""),
	}
}

// replace is slog's ReplaceAttr: it is asked for every attribute but groups, whose names are in groups.
func (r *redactor) replace(groups []string, attr slog.Attr) slog.Attr {
	if r.sensitive(attr.Key) || slices.ContainsFunc(groups, r.sensitive) {
		if tellsNothing(attr.Value.Kind()) {
			return attr
		}
		return slog.String(attr.Key, redacted)
	}
	if attr.Value.Kind() == slog.KindString {
		attr.Value = slog.StringValue(r.text(attr.Value.String()))
	}
	if attr.Value.Kind() == slog.KindAny {
		attr.Value = r.any(attr.Value.Any())
	}
	return attr
}

// tellsNothing lets email_verified and token_ttl through.
func tellsNothing(kind slog.Kind) bool {
	return kind == slog.KindBool || kind == slog.KindDuration || kind == slog.KindTime
}

// any makes of a value what its JSON is, with the sensitive parts masked.
func (r *redactor) any(value any) (out slog.Value) {
	defer func() {
		if recover() != nil { // a String or MarshalJSON method that cannot bear its nil receiver
			out = slog.StringValue("[unprintable]")
		}
	}()
	switch value := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case slog.Level, *slog.Source:
		return slog.AnyValue(value)
	case error:
		return slog.StringValue(r.text(value.Error()))
	case json.RawMessage:
		return r.decoded(value)
	case []byte:
		return slog.StringValue(r.text(string(value)))
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return slog.StringValue("[unprintable]")
	}
	return r.decoded(encoded)
}

func (r *redactor) decoded(encoded []byte) slog.Value {
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return slog.StringValue("[unprintable]")
	}
	walked := r.walk(decoded)
	if text, ok := walked.(string); ok {
		return slog.StringValue(text)
	}
	return slog.AnyValue(walked)
}

func (r *redactor) walk(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			_, truth := member.(bool)
			if r.sensitive(key) && !truth && member != nil {
				value[key] = redacted
				continue
			}
			value[key] = r.walk(member)
		}
	case []any:
		for i, member := range value {
			value[i] = r.walk(member)
		}
	case json.Number:
		if masked := r.text(value.String()); masked != value.String() {
			return masked
		}
	case string:
		return r.text(value)
	}
	return value
}

func (r *redactor) sensitive(name string) bool {
	name = strings.ToLower(r.plain.Replace(name))
	return slices.Contains(r.whole, name) ||
		slices.ContainsFunc(r.parts, func(part string) bool { return strings.Contains(name, part) })
}

func (r *redactor) text(text string) string {
	for _, look := range r.looks {
		if strings.Contains(text, look.hint) {
			text = look.pattern.ReplaceAllString(text, look.becomes)
		}
	}
	if hasDigits(text, 11) {
		text = r.digits.ReplaceAllString(text, redacted)
	}
	return text
}

// hasDigits tells whether n digits follow each other in the text.
func hasDigits(text string, n int) bool {
	run := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			run = 0
			continue
		}
		if run++; run >= n {
			return true
		}
	}
	return false
}
