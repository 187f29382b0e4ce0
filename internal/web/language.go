package web

import (
	"context"

	"golang.org/x/text/language"
)

type languageKey struct{}

// WithLanguage keeps the reader's language, "zh" or "en", as Accept-Language asks. Chinese where it says nothing.
func WithLanguage(ctx context.Context, acceptLanguage string) context.Context {
	matcher := language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})
	_, index := language.MatchStrings(matcher, acceptLanguage)
	name := "zh"
	if index == 1 {
		name = "en"
	}
	return context.WithValue(ctx, languageKey{}, name)
}

// Language is the reader's: "zh" or "en".
func Language(ctx context.Context) string {
	if name, ok := ctx.Value(languageKey{}).(string); ok {
		return name
	}
	return "zh"
}
