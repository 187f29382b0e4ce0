package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"peakseat/internal/app"
)

type operatorCmd struct {
	Add operatorAddCmd `cmd:"" help:"Invite an operator and print the one-time link."`
}

type operatorAddCmd struct {
	database
	KeysDir   string `placeholder:"DIR" env:"PEAKSEAT_KEYS_DIR" help:"Keys of tokens and sealed columns; absent: DATA_DIR/keys."`
	PublicURL string `placeholder:"URL" env:"PEAKSEAT_PUBLIC_URL" help:"Where people reach the web app; the link begins with it."`
	Email     string `arg:"" help:"The operator's e-mail address."`
}

// Run invites the operator.
func (c *operatorAddCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	offline, err := app.Offline(ctx, app.Config{DatabaseURL: c.DatabaseURL, DataDir: c.DataDir, KeysDir: c.KeysDir, PublicURL: c.PublicURL, Migrate: c.DatabaseURL == "", Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, offline.Close(context.WithoutCancel(ctx))) }()
	token, err := offline.Account.InviteOperator(ctx, c.Email)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n\nOpen it once to choose a name and a password; or send it to POST /api/v1/invitations/acceptance as {\"token\", \"name\", \"password\"}.\n", offline.Account.URL(token))
	return nil
}
