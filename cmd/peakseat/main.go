// Command peakseat is the whole of PeakSeat: the server, the embedded stack, and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"peakseat/internal/app"
	"peakseat/internal/telemetry"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// commands is the whole command line.
type commands struct {
	Run              runCmd              `cmd:"" help:"Run everything on this machine: PostgreSQL, NATS, a demo marketplace and the web app."`
	Serve            serveCmd            `cmd:"" help:"Serve, as in production: against a PostgreSQL and a NATS, or the embedded ones."`
	Migrate          migrateCmd          `cmd:"" help:"Bring the database's schema up to date."`
	Operator         operatorCmd         `cmd:"" help:"Manage operators."`
	Keys             keysCmd             `cmd:"" help:"List, rotate and retire the keys of tokens and of sealed columns."`
	OpenAPI          openapiCmd          `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 document of the API."`
	Routes           routesCmd           `cmd:"" help:"List every operation with who may call it."`
	Match            matchCmd            `cmd:"" help:"Solve a matching problem from files."`
	Seed             seedCmd             `cmd:"" help:"Fill a development database with a marketplace, and give tokens."`
	Audit            auditCmd            `cmd:"" help:"Read everything and check every promise that data can show; exit 1 where one is broken."`
	Replay           replayCmd           `cmd:"" help:"Publish facts again from PostgreSQL, after a loss of NATS or for a new consumer."`
	Rehearse         rehearseCmd         `cmd:"" help:"Run the main job of a whole marketplace, from contacts to money, and tell how it went."`
	VerifyCredential verifyCredentialCmd `cmd:"" help:"Check a credential's file without a server; exit 1 where it cannot be relied on."`
	Health           healthCmd           `cmd:"" help:"Ask a running program whether it is well; exit 1 where it is not."`

	LogFormat string           `enum:"text,json" default:"text" env:"PEAKSEAT_LOG_FORMAT" help:"How log lines look: ${enum}."`
	LogLevel  string           `enum:"debug,info,warn,error" default:"info" env:"PEAKSEAT_LOG_LEVEL" help:"From which level on: ${enum}."`
	Version   kong.VersionFlag `help:"Print the version."`
}

// database says which database a command works on.
type database struct {
	DatabaseURL string `name:"database" placeholder:"URL" env:"PEAKSEAT_DATABASE_URL" help:"A PostgreSQL; absent: the private one in the data directory."`
	DataDir     string `name:"data-dir" placeholder:"DIR" env:"PEAKSEAT_DATA_DIR" help:"Where the embedded stack and the keys live."`
}

// output is where a command's results go; the log goes to standard error.
type output struct{ io.Writer }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("peakseat"), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Description("PeakSeat 峰席: customer-service seats for peaks, worked by certified agents."),
		kong.Vars{"version": app.Version}, kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // help or version was printed
	}
	if err != nil {
		fmt.Fprintf(stderr, "peakseat: %v\nTry peakseat --help.\n", err)
		return 2
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	log, err := telemetry.NewLogger(stderr, telemetry.LogOptions{Format: telemetry.LogFormat(c.LogFormat), Level: level})
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	slog.SetDefault(log)
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(output{stdout}, log)
	err = parsed.Run()
	var bad badInput
	switch {
	case err == nil, errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 0
	case errors.As(err, &bad):
		fmt.Fprintf(stderr, "peakseat: %v\n", err)
		return 2
	}
	fmt.Fprintf(stderr, "peakseat: %v\n", err)
	return 1
}
