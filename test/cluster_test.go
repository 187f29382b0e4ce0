package test_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/dbtest"
)

// The topology of docker-compose.yml as processes: a PostgreSQL, three NATS nodes, two apis, a worker and two matchers,
// all with the login that production gives them. A booking goes through both apis; then an api, a matcher and the NATS
// node that leads the matcher's stream are killed, and the seat is worked and paid all the same.
func TestTheClusterGoesOnWithoutAnAPIAndANATSNode(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts eight processes")
	}
	c := startCluster(t)
	operator := c.operator(t, 0)
	merchant := c.register(t, 0, "merchant")
	agent := c.register(t, 1, "agent")
	shop := merchant.want(t, 0, 201, "POST", "/shops", map[string]any{"name": "青禾服饰", "industry": "apparel", "channels": []string{"chat"}}).Text("id")
	merchant.want(t, 1, 201, "POST", "/wallet/top-ups", map[string]any{"amount": map[string]any{"amount": 10_000_00, "currency": "CNY"}})
	certify := func(a person) {
		operator.want(t, 1, 200, "PUT", "/agents/"+a.id+"/tags", []map[string]any{{
			"tag": "function/presale", "level": 3, "expires_at": time.Now().AddDate(1, 0, 0).Format(time.RFC3339), "evidence": "exam 2026-11",
		}})
		until(t, "the fact has reached the matcher's copy", func() bool {
			return a.ask(t, 1, "GET", "/me/tags", nil).Text("items", 0, "tag") == "function/presale"
		})
	}
	certify(agent)

	day := time.Now().UTC().AddDate(0, 0, 4).Format(time.DateOnly)
	booking := merchant.want(t, 0, 201, "POST", "/bookings", map[string]any{
		"shop_id": shop, "title": "双11 售前", "starts_on": day, "ends_on": day,
		"windows":      []map[string]any{{"start": "09:00", "end": "13:00", "seats": 2}},
		"requirements": []map[string]any{{"tag": "function/presale", "level": 2}},
	}).Text("id")
	quote := merchant.want(t, 1, 201, "POST", "/bookings/"+booking+"/quotes", nil).Text("id")
	merchant.want(t, 0, 200, "POST", "/bookings/"+booking+"/confirmation", map[string]any{"quote_id": quote})
	shift := merchant.want(t, 1, 200, "GET", "/bookings/"+booking+"/shifts", nil).Text("items", 0, "id")
	claimed := agent.want(t, 1, 201, "POST", "/shifts/"+shift+"/claims", nil)
	starts, err := time.Parse(time.RFC3339, claimed.Text("starts_at"))
	if err != nil {
		t.Fatal(err)
	}

	c.killLeader(t, "PEAKSEAT_MATCHER")
	c.kill(t, c.apis[0])
	c.kill(t, c.matchers[0])

	// somebody new: registered, certified and seated by what is left
	second := c.register(t, 1, "agent")
	certify(second)
	second.want(t, 1, 201, "POST", "/shifts/"+shift+"/claims", nil)

	assignment := claimed.Text("id")
	move := func(to time.Time) {
		operator.want(t, 1, 200, "PUT", "/dev/clock", map[string]any{"now": to.Format(time.RFC3339), "rate": 1})
	}
	move(starts.Add(-5 * time.Minute))
	agent.want(t, 1, 200, "POST", "/assignments/"+assignment+"/check-in", nil)
	move(starts.Add(4 * time.Hour))
	agent.want(t, 1, 200, "POST", "/assignments/"+assignment+"/check-out", nil)
	var sheet string
	until(t, "the timesheet is there", func() bool {
		sheet = merchant.ask(t, 1, "GET", "/timesheets", nil).Text("items", 0, "id")
		return sheet != ""
	})
	approved := merchant.want(t, 1, 200, "POST", "/timesheets/"+sheet+"/approval", nil)
	earned := agent.want(t, 1, 200, "GET", "/earnings", nil)
	if pay := approved.Int("pay", "amount"); pay == 0 || earned.Int("payable", "amount")+earned.Int("withheld", "amount") != pay {
		t.Errorf("earnings do not add up to the pay: %s %s", approved.Body, earned.Body)
	}
	if code, said := c.run(t, "audit"); code != 0 {
		t.Errorf("the audit: status %d: %s", code, said)
	}
}

// cluster is the running topology.
type cluster struct {
	dir, binary  string
	admin, login string // the database as the superuser, and as the program
	nats         map[string]*process
	natsURL      string
	apis         []*process
	matchers     []*process
	worker       *process
}

// process is one of them. url is where it answers, if it does.
type process struct {
	*exec.Cmd
	url  string
	said *buffer
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	dir := t.TempDir()
	c := &cluster{dir: dir, binary: filepath.Join(dir, "peakseat"), nats: map[string]*process{}}
	built, ctx := errgroup.WithContext(t.Context())
	built.Go(func() error { return build(ctx, c.binary) })
	c.admin = dbtest.Open(t, app.Modules()[1:]...).URL
	c.login = serviceLogin(t, c.admin)
	c.startNATS(t)
	if err := built.Wait(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.apis = append(c.apis, c.serve(t, "api"))
	}
	c.worker = c.serve(t, "worker")
	for range 2 {
		c.matchers = append(c.matchers, c.serve(t, "matcher"))
	}
	return c
}

// build makes the real binary, out of the build cache that this test itself came from.
func build(ctx context.Context, path string) error {
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", path, "peakseat/cmd/peakseat").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// serviceLogin makes what docker-compose.yml's login makes: a login that may become the program's roles and nothing more.
func serviceLogin(t *testing.T, admin string) string {
	t.Helper()
	name, password := "service_"+strings.ReplaceAll(uuid.NewString(), "-", "")[:16], uuid.NewString()
	change := func(ctx context.Context, statements string) {
		conn, err := pgx.Connect(ctx, admin)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx) //nolint:errcheck // nothing hangs on it
		if _, err = conn.Exec(ctx, statements); err != nil {
			t.Error(err)
		}
	}
	change(t.Context(), fmt.Sprintf(`create role %[1]s login noinherit password '%[2]s';
		grant peakseat_app, peakseat_claim, peakseat_system to %[1]s`, name, password))
	t.Cleanup(func() { change(context.Background(), `drop role `+name) }) // roles belong to the whole server
	login, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	login.User = url.UserPassword(name, password)
	return login.String()
}

// serve starts the program in one role and waits until it says that it is ready.
func (c *cluster) serve(t *testing.T, role string) *process {
	t.Helper()
	p := &process{said: &buffer{}, Cmd: exec.CommandContext(t.Context(), c.binary, "serve", "--role", role, "--addr", "127.0.0.1:0",
		"--database", c.login, "--nats", c.natsURL, "--nats-replicas", "3", "--data-dir", c.dir, "--dev", "--unsafe-database")}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = p.said
	p.begin(t, role)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the %s did not start: %v\n%s", role, err, p.said)
	}
	var ready struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatalf("the %s said %q: %v", role, line, err)
	}
	p.url = ready.URL
	return p
}

// begin starts the process; it ends with the test, and its log shows where the test failed.
func (p *process) begin(t *testing.T, name string) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill() // it may be dead
		_ = p.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.said)
		}
	})
}

// run runs a command of the program on the cluster's database.
func (c *cluster) run(t *testing.T, command ...string) (code int, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.binary, append(command, "--database", c.admin, "--data-dir", c.dir)...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func (c *cluster) kill(t *testing.T, p *process) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
}

// startNATS starts three nodes, each a process of its own.
func (c *cluster) startNATS(t *testing.T) {
	t.Helper()
	ports := freePorts(t, 6)
	var routes, urls []string
	for i := range 3 {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[3+i]))
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", ports[i]))
	}
	for i := range 3 {
		node := natsNode{Name: fmt.Sprintf("n%d", i), Dir: t.TempDir(), Port: ports[i], ClusterPort: ports[3+i], Routes: routes}
		text, err := json.Marshal(node)
		if err != nil {
			t.Fatal(err)
		}
		p := &process{said: &buffer{}, Cmd: exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestClusterNode$", "-test.timeout=20m")}
		p.Env = append(os.Environ(), "PEAKSEAT_TEST_NATS_NODE="+string(text))
		p.Stdout, p.Stderr = p.said, p.said
		if _, err := p.StdinPipe(); err != nil { // it ends when we do, however that is
			t.Fatal(err)
		}
		p.begin(t, node.Name)
		c.nats[node.Name] = p
	}
	c.natsURL = strings.Join(urls, ",")
	c.jetStream(t)
}

// jetStream waits until the cluster has a leader.
func (c *cluster) jetStream(t *testing.T) jetstream.JetStream {
	t.Helper()
	var js jetstream.JetStream
	until(t, "the NATS cluster is up", func() bool {
		nc, err := nats.Connect(c.natsURL, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
		if err != nil {
			return false
		}
		js, err = jetstream.New(nc)
		if err != nil {
			nc.Close()
			return false
		}
		limit, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err = js.AccountInfo(limit); err != nil {
			nc.Close()
			return false
		}
		t.Cleanup(nc.Close)
		return true
	})
	return js
}

// killLeader kills the node that leads a stream.
func (c *cluster) killLeader(t *testing.T, stream string) {
	t.Helper()
	js, leader := c.jetStream(t), ""
	until(t, "the stream has a leader", func() bool {
		limit, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		s, err := js.Stream(limit, stream)
		if err != nil {
			return false
		}
		leader = s.CachedInfo().Cluster.Leader
		return c.nats[leader] != nil && len(s.CachedInfo().Cluster.Replicas) == 2
	})
	c.kill(t, c.nats[leader])
}

type natsNode struct {
	Name        string   `json:"name"`
	Dir         string   `json:"dir"`
	Port        int      `json:"port"`
	ClusterPort int      `json:"cluster_port"`
	Routes      []string `json:"routes"`
}

// TestClusterNode is a NATS server and no test: startNATS runs it as a process, so that it can be killed.
func TestClusterNode(t *testing.T) { //nolint:paralleltest // it is a program
	text := os.Getenv("PEAKSEAT_TEST_NATS_NODE")
	if text == "" {
		t.Skip("the program of the cluster test")
	}
	var o natsNode
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	node, err := server.NewServer(&server.Options{
		ServerName: o.Name, Host: "127.0.0.1", Port: o.Port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: o.Dir,
		Cluster: server.ClusterOpts{Name: "peakseat", Host: "127.0.0.1", Port: o.ClusterPort}, Routes: server.RoutesFromStr(strings.Join(o.Routes, ",")),
	})
	if err != nil {
		t.Fatal(err)
	}
	node.Start()
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test is over, or dead
	node.Shutdown()
}

// until waits until so holds. It looks less often than apitest.Until: here one account may ask 50 times a second only, and an
// election among the NATS nodes takes seconds.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for limit := time.Now().Add(2 * time.Minute); !so(); {
		if time.Now().After(limit) {
			t.Fatalf("waited two minutes until %s", what)
		}
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatalf("the test ended before %s", what)
		}
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

// person is somebody who uses the cluster, by one api or the other.
type person struct {
	c         *cluster
	token, id string
}

// answer is what an api said.
type answer struct {
	Status int
	Body   []byte
}

func (p person) ask(t *testing.T, api int, method, path string, body any) answer {
	t.Helper()
	content := []byte{}
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), method, p.c.apis[api].url+"/api/v1"+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Language", "en")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer reply.Body.Close() //nolint:errcheck // only read
	said, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{reply.StatusCode, said}
}

// want asks and demands a status.
func (p person) want(t *testing.T, api, status int, method, path string, body any) answer {
	t.Helper()
	a := p.ask(t, api, method, path, body)
	if a.Status != status {
		t.Fatalf("%s %s on api %d: status %d, want %d: %s", method, path, api+1, a.Status, status, a.Body)
	}
	return a
}

// Text and Int read a value under a path, as apitest's replies do.
func (a answer) Text(path ...any) string { return (&apitest.Reply{Body: a.Body}).Text(path...) }

// Int is the number under a path, or 0.
func (a answer) Int(path ...any) int { return (&apitest.Reply{Body: a.Body}).Int(path...) }

const clusterPassword = "correct horse battery"

func (c *cluster) register(t *testing.T, api int, kind string) person {
	t.Helper()
	email := uuid.NewString() + "@example.com"
	body := map[string]any{"kind": kind, "email": email, "password": clusterPassword, "name": "林小满"}
	if kind == "merchant" {
		body["organisation"] = "Lantern"
	}
	person{c: c}.want(t, api, 201, "POST", "/accounts", body)
	return c.signIn(t, api, email)
}

func (c *cluster) signIn(t *testing.T, api int, email string) person {
	t.Helper()
	session := person{c: c}.want(t, api, 201, "POST", "/sessions", map[string]any{"email": email, "password": clusterPassword})
	p := person{c: c, token: session.Text("access_token")}
	p.id = p.want(t, api, 200, "GET", "/me", nil).Text("id")
	return p
}

// operator comes in by the command line, as in production.
func (c *cluster) operator(t *testing.T, api int) person {
	t.Helper()
	email := uuid.NewString() + "@example.com"
	code, said := c.run(t, "operator", "add", email)
	link := regexp.MustCompile(`https?://\S+`).FindString(said)
	if code != 0 || link == "" {
		t.Fatalf("operator add: status %d: %s", code, said)
	}
	secret := link[strings.LastIndexAny(link, "/#=")+1:]
	person{c: c}.want(t, api, 201, "POST", "/invitations/acceptance", map[string]any{"token": secret, "name": "陈一", "password": clusterPassword})
	return c.signIn(t, api, email)
}

// buffer is what a process says, the last of it.
type buffer struct {
	mu   sync.Mutex
	text []byte
}

const mostSaid = 16 << 10

// Write keeps the end.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p...)
	b.text = b.text[max(0, len(b.text)-mostSaid):]
	return len(p), nil
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text)
}
