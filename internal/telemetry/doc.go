// Package telemetry is how the program tells what it does: logs, metrics and traces.
//
//   - NewLogger writes JSON or text with the request's and the trace's id from the context, and masks what must not be in
//     a log even if somebody logs it: by the name of the attribute, by the names inside a logged value, and by the look of
//     a text (tokens, e-mail addresses, phone numbers, passwords in URLs). It is the last guard and not a licence: facts,
//     logs and stored replies hold ids only.
//   - NewRegistry, HTTPMetrics and RegisterPool are the metrics that belong to no context; the others register theirs
//     with the same registry (the outbox its own).
//   - StartTracing sends spans by OTLP where an endpoint is configured and makes none where it is not.
package telemetry
