package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migration/*.sql
var platformFiles embed.FS

// Module is one schema and the SQL files that make it, numbered from 0001.
type Module struct {
	Schema string
	Files  fs.FS // the files lie at its root
}

// Platform is the schema that every context stands on; it migrates first.
func Platform() Module {
	files, err := fs.Sub(platformFiles, "migration")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return Module{Schema: "platform", Files: files}
}

// migrationLock keeps two programs from migrating one database at once.
const migrationLock = 7365742001

// Migrate brings the database at url to the newest version of every module, in
// their order. The login must be able to create roles, schemas and the btree_gist
// extension; tables come to belong to peakseat_owner.
func Migrate(ctx context.Context, url string, modules ...Module) (err error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("the database URL cannot be read")
	}
	admin, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer func() { err = errors.Join(err, admin.Close(ctx)) }()
	if _, err := admin.Exec(ctx, `select pg_advisory_lock($1)`, migrationLock); err != nil {
		return fmt.Errorf("wait for the migration lock: %w", err)
	}
	if err := prepare(ctx, admin, modules); err != nil {
		return err
	}
	owned := cfg.Copy()
	owned.RuntimeParams["role"] = string(Owner)
	owned.RuntimeParams["search_path"] = ""
	db := stdlib.OpenDB(*owned)
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, m := range modules {
		if err := up(ctx, db, m); err != nil {
			return fmt.Errorf("migrate %s: %w", m.Schema, err)
		}
		// a server that does not migrate reads the version before it starts
		if _, err := db.ExecContext(ctx, fmt.Sprintf(`grant usage on schema %[1]s to %[2]s; grant select on %[1]s.goose_version to %[2]s`, m.Schema, System)); err != nil {
			return fmt.Errorf("show the version of %s: %w", m.Schema, err)
		}
	}
	return nil
}

// prepare makes what the owner role may not make itself: roles, schemas, the extension.
func prepare(ctx context.Context, admin *pgx.Conn, modules []Module) error {
	for _, role := range []Role{Owner, App, Claim, System} {
		// roles belong to the whole server, so two databases may race here
		_, err := admin.Exec(ctx, fmt.Sprintf(`do $$ begin
			if not exists (select from pg_catalog.pg_roles where rolname = '%[1]s') then
				create role %[1]s nologin noinherit; end if;
			exception when duplicate_object or unique_violation then null; end $$;`, role))
		if err != nil {
			return fmt.Errorf("create role %s: %w", role, err)
		}
		var member bool
		if err := admin.QueryRow(ctx, `select pg_catalog.pg_has_role(current_user, $1, 'member')`, string(role)).Scan(&member); err != nil {
			return fmt.Errorf("read the membership in %s: %w", role, err)
		}
		if !member {
			if _, err := admin.Exec(ctx, fmt.Sprintf(`grant %s to current_user`, role)); err != nil {
				return fmt.Errorf("become a member of %s: %w", role, err)
			}
		}
	}
	for _, m := range modules {
		if _, err := admin.Exec(ctx, fmt.Sprintf(`create schema if not exists %s authorization %s`, m.Schema, Owner)); err != nil {
			return fmt.Errorf("create schema %s: %w", m.Schema, err)
		}
	}
	if _, err := admin.Exec(ctx, `create extension if not exists btree_gist schema platform`); err != nil {
		return fmt.Errorf("create extension btree_gist: %w", err)
	}
	return nil
}

func up(ctx context.Context, db *sql.DB, m Module) error {
	p, err := provider(db, m)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func provider(db *sql.DB, m Module) (*goose.Provider, error) {
	store, err := database.NewStore(database.DialectPostgres, m.Schema+".goose_version")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider("", db, m.Files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
}
