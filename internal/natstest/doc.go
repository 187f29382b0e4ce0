// Package natstest gives each test a NATS server with JetStream of its own, in-process and on disk in the test's
// temporary directory. It is up in a few milliseconds.
package natstest
