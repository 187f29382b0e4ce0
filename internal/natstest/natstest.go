package natstest

import (
	"context"
	"testing"

	"github.com/nats-io/nats.go"

	"peakseat/internal/devstack"
)

// Start gives a connection to a server that nobody else uses. Both end with the test.
func Start(tb testing.TB) *nats.Conn {
	tb.Helper()
	return Connect(tb, Server(tb))
}

// Server gives a server that nobody else uses, for tests that want several connections, or an address (URL) for
// another program. It ends with the test; a test may Stop it earlier.
func Server(tb testing.TB) *devstack.NATS {
	tb.Helper()
	return ServerIn(tb, tb.TempDir())
}

// ServerIn is Server with its files in dir, for tests that stop a server and start it again.
func ServerIn(tb testing.TB, dir string) *devstack.NATS {
	tb.Helper()
	server, err := devstack.StartNATS(tb.Context(), devstack.NATSOptions{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		tb.Fatalf("natstest: %v", err)
	}
	tb.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil { //nolint:forbidigo // the test's own context has ended
			tb.Errorf("natstest: %v", err)
		}
	})
	return server
}

// Connect opens one more connection, which ends with the test.
func Connect(tb testing.TB, server *devstack.NATS, options ...nats.Option) *nats.Conn {
	tb.Helper()
	conn, err := server.Connect(options...)
	if err != nil {
		tb.Fatalf("natstest: %v", err)
	}
	tb.Cleanup(conn.Close)
	return conn
}
