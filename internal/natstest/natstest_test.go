package natstest_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"peakseat/internal/natstest"
)

func TestEachTestHasAServerOfItsOwn(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	one, other := natstest.Start(t), natstest.Start(t)
	t.Logf("two servers in %v", time.Since(begin))
	stream(t, one)
	if _, err := jetStream(t, other).Stream(t.Context(), "FACTS"); err == nil {
		t.Error("a stream of one server is seen on the other")
	}
}

func TestStreamsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := natstest.ServerIn(t, dir)
	conn := natstest.Connect(t, first)
	stream(t, conn)
	if _, err := jetStream(t, conn).Publish(t.Context(), "facts.one", []byte("kept"), jetstream.WithMsgID("1")); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	again := jetStream(t, natstest.Connect(t, natstest.ServerIn(t, dir)))
	ack, err := again.Publish(t.Context(), "facts.one", []byte("kept"), jetstream.WithMsgID("1"))
	if err != nil {
		t.Fatal(err)
	}
	if !ack.Duplicate {
		t.Error("a repeated message id was stored again after a restart")
	}
}

func stream(t *testing.T, conn *nats.Conn) {
	t.Helper()
	_, err := jetStream(t, conn).CreateStream(t.Context(), jetstream.StreamConfig{Name: "FACTS", Subjects: []string{"facts.>"}})
	if err != nil {
		t.Fatal(err)
	}
}

func jetStream(t *testing.T, conn *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
