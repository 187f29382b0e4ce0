// Package web is the kit of the edge: operations as data, problems, idempotency, lists, streams.
//
// An operation is a method, a path, an access rule, a summary and a typed handler.
// Register refuses one without an access rule. The rule is asked before the body is
// read, so that a stranger learns nothing from validation. Handlers return a value
// or an error; this package is the only place that knows status codes.
package web
