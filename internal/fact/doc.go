// Package fact is the published language: every fact that contexts tell each other.
//
// A fact is something that became true, in the past tense, with a payload of its
// own that never is a stored type: ids, times, figures, and no personal data. There
// is one file per context. Each type's JSON Schema is generated to docs/events.
package fact
