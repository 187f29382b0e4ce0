package devstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// ErrNATSNotRunning says that no program serves NATS for the directory.
var ErrNATSNotRunning = errors.New("no embedded NATS is running")

// natsLook is how long one look at a starting server takes.
const natsLook = 50 * time.Millisecond

// NATSOptions say how to run the embedded NATS server.
type NATSOptions struct {
	// Dir is the program's data directory; the server takes its folder nats.
	Dir string
	// Listen is a loopback address for other programs of this machine, such as 127.0.0.1:0 (a free port, the same at
	// each start where it is still free). Empty: this program only.
	Listen string
	// SyncAlways writes each message through to the disk before its acknowledgement: 3,300/s instead of 21,000/s. Without
	// it, PostgreSQL's outbox is what makes facts safe.
	SyncAlways bool
	// Log gets the server's warnings and errors. nil is silence.
	Log *slog.Logger
}

// NATS is a NATS server with JetStream inside this program.
type NATS struct {
	server  *server.Server
	token   string
	urlFile string

	mu   sync.Mutex
	lock *DirLock // nil once stopped
}

// StartNATS starts the server and returns when it accepts connections. ErrInUse where another program holds the
// directory; see JoinNATS and OpenNATS.
func StartNATS(ctx context.Context, o NATSOptions) (*NATS, error) {
	if err := makeOpenDir(o.Dir); err != nil {
		return nil, err
	}
	dir := natsDir(o.Dir)
	lock, err := Lock(dir)
	if err != nil {
		return nil, err
	}
	n := &NATS{lock: lock, urlFile: filepath.Join(dir, "url")}
	if err := n.start(ctx, dir, o); err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return n, nil
}

// Connect opens a connection inside the program, without a socket.
func (n *NATS) Connect(options ...nats.Option) (*nats.Conn, error) {
	conn, err := nats.Connect("", append([]nats.Option{nats.InProcessServer(n.server), nats.Token(n.token)}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to the embedded NATS: %w", err)
	}
	return conn, nil
}

// URL is the address for other programs of this machine, with the token; empty where the server does not listen.
func (n *NATS) URL() string {
	address, ok := n.server.Addr().(*net.TCPAddr)
	if !ok {
		return ""
	}
	return natsURL(address.String(), n.token)
}

// Run waits until ctx ends and then stops the server.
func (n *NATS) Run(ctx context.Context) error {
	<-ctx.Done()
	return n.Stop(context.WithoutCancel(ctx))
}

// Stop closes all connections and the files. A second Stop does nothing.
func (n *NATS) Stop(context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lock == nil {
		return nil
	}
	err := os.Remove(n.urlFile)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	n.shutdown()
	lock := n.lock
	n.lock = nil
	return errors.Join(err, lock.Unlock())
}

// start tries several ports where any will do: somebody may take one between our look and the server's.
func (n *NATS) start(ctx context.Context, dir string, o NATSOptions) error {
	token, err := randomSecret()
	if err != nil {
		return err
	}
	n.token = token
	for try := range portTries {
		options := &server.Options{
			ServerName:    "peakseat",
			DontListen:    o.Listen == "",
			Authorization: token,
			JetStream:     true,
			StoreDir:      dir,
			SyncAlways:    o.SyncAlways,
			NoSigs:        true, // signals are the program's
		}
		anyPort := false
		if o.Listen != "" {
			if options.Host, options.Port, err = loopback(o.Listen); err != nil {
				return err
			}
			if anyPort = options.Port == 0; anyPort {
				if options.Port, err = freePort(ctx, dir, try); err != nil {
					return err
				}
			}
		}
		if err = n.serve(ctx, options, o.Log); err == nil || !anyPort || ctx.Err() != nil {
			break
		}
	}
	if err != nil || o.Listen == "" {
		return err
	}
	if err := writeSecret(n.urlFile, n.URL()); err != nil {
		n.shutdown()
		return fmt.Errorf("keep the address of NATS: %w", err)
	}
	return nil
}

// serve starts a server and waits until it accepts connections, after recovery of its streams if need be.
func (n *NATS) serve(ctx context.Context, options *server.Options, log *slog.Logger) error {
	created, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("make the embedded NATS: %w", err)
	}
	n.server = created
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	words := natsLog{log: log, fatal: make(chan string, 1)}
	n.server.SetLoggerV2(words, false, false, false)
	n.server.Start()
	for !n.server.ReadyForConnections(natsLook) {
		select {
		case said := <-words.fatal:
			n.shutdown()
			return fmt.Errorf("start the embedded NATS: %s", said)
		case <-ctx.Done():
			n.shutdown()
			return fmt.Errorf("start the embedded NATS: %w", ctx.Err())
		default:
		}
	}
	return nil
}

func (n *NATS) shutdown() {
	n.server.Shutdown()
	n.server.WaitForShutdown()
}

// JoinNATS gives the address of the NATS server that another program runs in dir. ErrNATSNotRunning where there is none.
func JoinNATS(ctx context.Context, dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(natsDir(dir), "url"))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", dir, ErrNATSNotRunning)
	}
	if err != nil {
		return "", fmt.Errorf("read the address of NATS: %w", err)
	}
	found, err := url.Parse(strings.TrimSpace(string(content)))
	if err != nil {
		return "", errors.New("the file with the address of NATS is damaged")
	}
	// The file outlives a program that was killed.
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", found.Host)
	if err != nil {
		return "", fmt.Errorf("%s: %w: %w", dir, ErrNATSNotRunning, err)
	}
	if err := conn.Close(); err != nil {
		return "", fmt.Errorf("try the address of NATS: %w", err)
	}
	return found.String(), nil
}

func natsDir(dir string) string { return filepath.Join(dir, "nats") }

func natsURL(address, token string) string {
	at := url.URL{Scheme: "nats", User: url.User(token), Host: address}
	return at.String()
}

// loopback refuses addresses that other machines could reach: the embedded server has a token and no TLS.
func loopback(listen string) (string, int, error) {
	host, service, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("address of NATS: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", 0, fmt.Errorf("the embedded NATS listens on a loopback address only, not on %s", host)
	}
	port, err := strconv.Atoi(service)
	if err != nil {
		return "", 0, fmt.Errorf("address of NATS: %w", err)
	}
	return host, port, nil
}

// natsLog hands the server's words to slog. Its notices are about itself and of no use in our log.
type natsLog struct {
	log   *slog.Logger
	fatal chan string // the first reason why it cannot start
}

func (l natsLog) Warnf(format string, v ...any) {
	l.log.Warn("the embedded NATS warns", slog.String("said", fmt.Sprintf(format, v...)))
}

func (l natsLog) Errorf(format string, v ...any) {
	l.log.Error("the embedded NATS reports an error", slog.String("said", fmt.Sprintf(format, v...)))
}

// Fatalf must not end the program, which is not the server's own.
func (l natsLog) Fatalf(format string, v ...any) {
	said := fmt.Sprintf(format, v...)
	l.log.Error("the embedded NATS cannot go on", slog.String("said", said))
	select {
	case l.fatal <- said:
	default:
	}
}

func (natsLog) Noticef(string, ...any) {}
func (natsLog) Debugf(string, ...any)  {}
func (natsLog) Tracef(string, ...any)  {}
