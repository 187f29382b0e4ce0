// Package apitest runs the whole program in a test's own process, on a database and a NATS of the
// test's own, and speaks to it over HTTP as the people who use it.
package apitest
