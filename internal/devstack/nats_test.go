package devstack_test

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"peakseat/internal/devstack"
)

func TestNATSKeepsItsStreamsAndItsAddress(t *testing.T) {
	t.Parallel()
	// another test's server may take the port while ours is down; not each time
	for range 5 {
		was, is := restartNATS(t)
		if was == is {
			return
		}
		t.Logf("address changed from %s to %s", was, is)
	}
	t.Error("the address changes at each start")
}

// restartNATS stops a server and starts it again, and tells its addresses before and after. What was published is there.
func restartNATS(t *testing.T) (was, is string) {
	t.Helper()
	dir := t.TempDir()
	begin := time.Now()
	first := startNATS(t, devstack.NATSOptions{Dir: dir, Listen: "127.0.0.1:0", SyncAlways: true})
	t.Logf("cold start %v", time.Since(begin))
	address, err := url.Parse(first.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := first.Connect()
	if err != nil {
		t.Fatal(err)
	}
	js := jetStream(t, conn)
	if _, err = js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "FACTS", Subjects: []string{"facts.>"}}); err != nil {
		t.Fatal(err)
	}
	if _, err = js.Publish(t.Context(), "facts.one", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err = first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	begin = time.Now()
	second := startNATS(t, devstack.NATSOptions{Dir: dir, Listen: "127.0.0.1:0"})
	t.Logf("warm start %v", time.Since(begin))
	again, err := url.Parse(second.URL())
	if err != nil {
		t.Fatal(err)
	}
	joined := joinNATS(t, dir)
	stream, err := jetStream(t, joined).Stream(t.Context(), "FACTS")
	if err != nil {
		t.Fatal(err)
	}
	if message, err := stream.GetMsg(t.Context(), 1); err != nil || string(message.Data) != "kept" {
		t.Errorf("first message is %v (%v)", message, err)
	}
	return address.Host, again.Host
}

func TestNATSLetsOnlyHoldersOfTheTokenIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startNATS(t, devstack.NATSOptions{Dir: dir, Listen: "127.0.0.1:0"})
	address, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []*url.Userinfo{nil, url.User("guess")} {
		address.User = user
		conn, refused := nats.Connect(address.String())
		if !errors.Is(refused, nats.ErrAuthorization) {
			t.Errorf("with %v: %v, want %v", user, refused, nats.ErrAuthorization)
			conn.Close()
		}
	}
	info, err := os.Stat(filepath.Join(dir, "nats", "url"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the token has mode %o, want 600", info.Mode().Perm())
	}
}

func TestNATSWithoutAnAddressIsForThisProgramOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startNATS(t, devstack.NATSOptions{Dir: dir})
	if server.URL() != "" {
		t.Errorf("it listens on %s", server.URL())
	}
	conn, err := server.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Flush(); err != nil {
		t.Error(err)
	}
	if _, err := devstack.JoinNATS(t.Context(), dir); !errors.Is(err, devstack.ErrNATSNotRunning) {
		t.Errorf("joining: %v, want %v", err, devstack.ErrNATSNotRunning)
	}
}

func TestNATSRefusesAddressesThatOthersReach(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "192.0.2.1:4222", "localhost", "127.0.0.1:x"} {
		if server, err := devstack.StartNATS(t.Context(), devstack.NATSOptions{Dir: t.TempDir(), Listen: listen}); err == nil {
			t.Errorf("it listens on %s", listen)
			_ = server.Stop(t.Context())
		}
	}
}

func TestNATSSaysAtOnceThatItsPortIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // only holds the port
	address, ok := taken.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("not a TCP address")
	}
	dir := t.TempDir()
	if _, err := devstack.StartNATS(t.Context(), devstack.NATSOptions{Dir: dir, Listen: "127.0.0.1:" + strconv.Itoa(address.Port)}); err == nil {
		t.Fatal("it started on a port that is taken")
	}
	startNATS(t, devstack.NATSOptions{Dir: dir}) // the failure gave the directory free
}

func TestCommandsJoinTheNATSOfAProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := devstack.OpenNATS(t.Context(), devstack.NATSOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = devstack.StartNATS(t.Context(), devstack.NATSOptions{Dir: dir}); !errors.Is(err, devstack.ErrInUse) {
		t.Errorf("a second start: %v, want %v", err, devstack.ErrInUse)
	}
	second, err := devstack.OpenNATS(t.Context(), devstack.NATSOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if second.URL() != first.URL() {
		t.Error("two addresses for one directory")
	}
	if err := second.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	joinNATS(t, dir)
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := devstack.JoinNATS(t.Context(), dir); !errors.Is(err, devstack.ErrNATSNotRunning) {
		t.Errorf("after the last: %v, want %v", err, devstack.ErrNATSNotRunning)
	}
}

func startNATS(t *testing.T, o devstack.NATSOptions) *devstack.NATS {
	t.Helper()
	server, err := devstack.StartNATS(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return server
}

func joinNATS(t *testing.T, dir string) *nats.Conn {
	t.Helper()
	address, err := devstack.JoinNATS(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func jetStream(t *testing.T, conn *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
