package natstest

import (
	"context"
	"testing"

	"github.com/nats-io/nats.go"

	"peakseat/internal/devstack"
)

// Start gives a connection to a server that nobody else uses. Both end with the test.
func Start(t testing.TB) *nats.Conn {
	t.Helper()
	return Connect(t, Server(t))
}

// Server gives a server that nobody else uses, for tests that want several connections, or an address (URL) for
// another program. It ends with the test; a test may Stop it earlier.
func Server(t testing.TB) *devstack.NATS {
	t.Helper()
	return ServerIn(t, t.TempDir())
}

// ServerIn is Server with its files in dir, for tests that stop a server and start it again.
func ServerIn(t testing.TB, dir string) *devstack.NATS {
	t.Helper()
	server, err := devstack.StartNATS(t.Context(), devstack.NATSOptions{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatalf("natstest: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil { //nolint:forbidigo // the test's own context has ended
			t.Errorf("natstest: %v", err)
		}
	})
	return server
}

// Connect opens one more connection, which ends with the test.
func Connect(t testing.TB, server *devstack.NATS, options ...nats.Option) *nats.Conn {
	t.Helper()
	conn, err := server.Connect(options...)
	if err != nil {
		t.Fatalf("natstest: %v", err)
	}
	t.Cleanup(conn.Close)
	return conn
}
