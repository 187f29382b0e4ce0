// Package api is the edge: the router, its middleware, and the pages that belong to no context.
//
// A request meets, in this order: request id and language, the panic guard, tracing and
// metrics, admission control, and its token; then the operation's access rule, its
// schema and its handler (internal/web). The router mounts what internal/app hands it
// and knows no context.
package api
