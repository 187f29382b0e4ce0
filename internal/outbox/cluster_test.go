package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/outbox"
)

// The node that leads the stream is killed while facts are told, and the relay again and again.
func TestAClusterThatLosesANodeLosesNothing(t *testing.T) {
	t.Parallel()
	gap := clusterLosesANode(t, 4, 150)
	t.Logf("longest time without an effect: %v", gap.Round(time.Millisecond))
}

// How often the relay is killed while a cluster loses a node.
const relayDeaths = 5

// clusterLosesANode writes facts by several writers who hold one transaction in a hundred open, kills the relay after each
// sixth of them and the stream's leader half way, and demands every fact once and in order in the stream and at a
// consumer. It returns the longest time in which the consumer did nothing.
func clusterLosesANode(t *testing.T, writers, each int) time.Duration {
	t.Helper()
	db, nodes := open(t), startCluster(t)
	nc := nodes.connect(t)
	o := options()
	o.Replicas, o.AckWait = 3, 5*time.Second
	js := jetStream(t, nc)
	wait(t, "the streams are there", func() bool {
		limit, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		return outbox.EnsureStreams(limit, js, 3) == nil
	})
	for range 2 { // one leads, one waits to take over
		relay, err := outbox.NewRelay(db.system, nc, o)
		if err != nil {
			t.Fatal(err)
		}
		start(t, relay.Run)
	}
	consumers, err := outbox.NewConsumers(db.system, nc, o, outbox.Consumer{Name: "matcher-seen", Types: types(counted{}), Handle: db.note})
	if err != nil {
		t.Fatal(err)
	}
	start(t, consumers.Run)
	db.count(t, counter(1), 1)
	db.waitSeen(t, 1)

	things := counter(20)
	var written atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for w := range writers {
		g.Go(func() error {
			rnd := rand.New(rand.NewPCG(11, uint64(w)))
			for range each {
				held := time.Duration(0)
				if rnd.IntN(100) == 0 {
					held = time.Duration(50+rnd.IntN(200)) * time.Millisecond
				}
				if err := db.countOne(ctx, things[rnd.IntN(len(things))], held); err != nil {
					return err
				}
				written.Add(1)
			}
			return nil
		})
	}
	killed, deaths := false, 0
	killer := db.connect(t)
	last, gap, before := time.Now(), time.Duration(0), 0
	wait(t, "every fact is seen", func() bool {
		if !killed && written.Load() > int64(writers*each/2) {
			stream, err := js.Stream(t.Context(), "PEAKSEAT_MATCHER")
			if err != nil {
				return false // the cluster is still busy with itself
			}
			nodes.kill(t, stream.CachedInfo().Cluster.Leader)
			killed = true
		}
		var n int
		if err := db.admin.QueryRow(t.Context(), `select count(*) from platform.test_seen`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > before {
			before, last = n, time.Now()
		} else {
			gap = max(gap, time.Since(last))
		}
		if deaths < relayDeaths && int(written.Load()) > (deaths+1)*writers*each/(relayDeaths+1) {
			now, err := killRelay(t.Context(), killer)
			if err != nil {
				t.Fatal(err)
			}
			deaths += now
		}
		return n > writers*each && deaths >= relayDeaths
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	checkOrder(t, db.seen(t), writers*each+1)
	checkOrder(t, readStream(t, nc, writers*each+1), writers*each+1)
	return gap
}

// TestNATSNode is a node of the cluster: a process, so that it can be killed and not only stopped.
func TestNATSNode(t *testing.T) { //nolint:paralleltest // it is a program and no test
	text := os.Getenv("PEAKSEAT_NATS_NODE")
	if text == "" {
		t.Skip("the program of the cluster test")
	}
	var o nodeOptions
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	routes := make([]*url.URL, len(o.Routes))
	for i, host := range o.Routes {
		routes[i] = &url.URL{Scheme: "nats", Host: host}
	}
	node, err := server.NewServer(&server.Options{
		ServerName: o.Name, Host: "127.0.0.1", Port: o.Port, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: o.Dir,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: o.ClusterPort}, Routes: routes,
	})
	if err != nil {
		t.Fatal(err)
	}
	node.Start()
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test is over, or dead
	node.Shutdown()
}

type nodeOptions struct {
	Name        string   `json:"name"`
	Dir         string   `json:"dir"`
	Port        int      `json:"port"`
	ClusterPort int      `json:"cluster_port"`
	Routes      []string `json:"routes"`
}

// cluster is three nodes by name.
type cluster struct {
	nodes map[string]*exec.Cmd
	urls  []string
}

func startCluster(t *testing.T) cluster {
	t.Helper()
	ports := freePorts(t, 6)
	c := cluster{nodes: map[string]*exec.Cmd{}}
	var routes []string
	for _, port := range ports[3:] {
		routes = append(routes, fmt.Sprintf("127.0.0.1:%d", port))
	}
	for i := range 3 {
		o := nodeOptions{Name: fmt.Sprintf("n%d", i), Dir: t.TempDir(), Port: ports[i], ClusterPort: ports[3+i], Routes: routes}
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		node := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNATSNode$", "-test.timeout=10m")
		node.Env = append(os.Environ(), "PEAKSEAT_NATS_NODE="+string(text))
		stdin, err := node.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := node.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = stdin.Close()
			_ = node.Wait() // killed, or over
		})
		c.nodes[o.Name] = node
		c.urls = append(c.urls, fmt.Sprintf("nats://127.0.0.1:%d", o.Port))
	}
	return c
}

func (c cluster) connect(t *testing.T) *nats.Conn {
	t.Helper()
	var nc *nats.Conn
	wait(t, "a node answers", func() bool {
		var err error
		nc, err = nats.Connect(strings.Join(c.urls, ","), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
		return err == nil
	})
	t.Cleanup(nc.Close)
	return nc
}

func (c cluster) kill(t *testing.T, name string) {
	t.Helper()
	if err := c.nodes[name].Process.Kill(); err != nil {
		t.Fatal(err)
	}
}

// freePorts holds all of them until all are known.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer free.Close()                         //nolint:errcheck // see above
		ports[i] = free.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // it is TCP
	}
	return ports
}
