package account

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// SeedAccount is one person of a development marketplace.
type SeedAccount struct {
	ID           uuid.UUID // uuid.Nil: SeedAccounts makes one and sets it
	Email, Name  string
	Role         auth.Role
	Organisation Organisation // of a merchant's staff: made where the id is new in this call; ignored for others
}

// seedBatch bounds the rows of one statement.
const seedBatch = 2000

// SeedAccounts stores made-up people, who all have one password and so one hash. tx is the system role's. It is for
// development: the accounts are marked, and HasRealAccounts tells whether there are others.
func (s *Service) SeedAccounts(tx *postgres.Tx, password string, seeds []SeedAccount) error {
	hash, err := s.Passwords.Hash(tx.Context(), password)
	if err != nil {
		return busy(err)
	}
	made := map[uuid.UUID]bool{}
	for begin := 0; begin < len(seeds); begin += seedBatch {
		if err := s.insertSeeds(tx, hash, seeds[begin:min(begin+seedBatch, len(seeds))], made); err != nil {
			return faultOf(err)
		}
	}
	return nil
}

func (s *Service) insertSeeds(tx *postgres.Tx, hash string, seeds []SeedAccount, made map[uuid.UUID]bool) error {
	var (
		ids                        = make([]uuid.UUID, len(seeds))
		kinds                      = make([]string, len(seeds))
		indexes, emails, names     = make([][]byte, len(seeds)), make([][]byte, len(seeds)), make([][]byte, len(seeds))
		keys                       = make([][]byte, len(seeds))
		organisations              []uuid.UUID
		organisationNames          []string
		memberOf, members          []uuid.UUID
		memberOfKind, membersRoles []string
		facts                      []fact.Fact
	)
	for i := range seeds {
		seed := &seeds[i]
		if seed.ID == uuid.Nil {
			seed.ID = uuid.Must(uuid.NewV7())
		}
		key, wrapped, err := s.Keyring.NewDataKey(seed.ID)
		if err != nil {
			return err
		}
		if indexes[i], err = s.Index.Of(seal.Email, seed.Email); err != nil {
			return fmt.Errorf("seed %d has no e-mail: %w", i, err)
		}
		ids[i], kinds[i], keys[i] = seed.ID, string(KindStaff), wrapped
		emails[i], names[i] = key.SealText(fieldEmail, seed.Email), key.SealText(fieldName, seed.Name)
		if seed.Role == auth.Agent {
			kinds[i] = string(KindAgent)
		}
		facts = append(facts, fact.AccountRegistered{AccountID: seed.ID.String(), Kind: kinds[i]})
		organisation := platform()
		switch {
		case seed.Role == auth.Agent:
			continue
		case seed.Role.IsMerchant():
			organisation = Organisation{ID: seed.Organisation.ID, Kind: OrganisationMerchant, Name: seed.Organisation.Name}
			if !made[organisation.ID] {
				made[organisation.ID] = true
				organisations, organisationNames = append(organisations, organisation.ID), append(organisationNames, organisation.Name)
				facts = append(facts, fact.OrganisationRegistered{OrganisationID: organisation.ID.String(), Kind: string(organisation.Kind), OwnerID: seed.ID.String()})
			}
		}
		memberOf, members = append(memberOf, organisation.ID), append(members, seed.ID)
		memberOfKind, membersRoles = append(memberOfKind, string(organisation.Kind)), append(membersRoles, string(seed.Role))
		facts = append(facts, granted(organisation.ID, seed.ID, seed.Role))
	}
	// not COPY, which PostgreSQL refuses under row-level security
	batch := &pgx.Batch{}
	batch.Queue(`insert into account.account (id, kind, email_index, email, name, data_key, seeded, created_at)
		select s.*, true, $7::timestamptz from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[]) s`,
		ids, kinds, indexes, emails, names, keys, tx.Now)
	batch.Queue(`insert into account.password (account_id, hash, set_at) select s, $2, $3 from unnest($1::uuid[]) s`, ids, hash, clock.Now())
	batch.Queue(`insert into account.organisation (id, kind, name, seeded, created_at)
		select s.id, 'merchant', nullif(s.name, ''), true, $3 from unnest($1::uuid[], $2::text[]) s (id, name)`, organisations, organisationNames, tx.Now)
	batch.Queue(`insert into account.membership (organisation_id, organisation_kind, account_id, role, joined_at)
		select s.*, $5::timestamptz from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) s`, memberOf, memberOfKind, members, membersRoles, tx.Now)
	err := tx.Pgx(func(conn *pgx.Conn) error { return conn.SendBatch(tx.Context(), batch).Close() })
	if err != nil {
		return fmt.Errorf("insert seeds: %w", err)
	}
	return outbox.Append(tx, facts...)
}

// HasRealAccounts tells whether anybody registered or was invited, so that a seed must keep its hands off.
func (s *Service) HasRealAccounts(ctx context.Context) (found bool, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select exists (select from account.account where not seeded)`).Scan(&found).Error
	})
	return found, err
}

// MintTokens signs an access token for each account as whom a sign-in without an organisation would act: of thousands,
// some 30 µs each. It is for the development seed; tx is the system role's. An account that could not sign in is an error.
func (s *Service) MintTokens(tx *postgres.Tx, accounts []uuid.UUID, ttl time.Duration) (tokens map[uuid.UUID]string, err error) {
	actors, err := selectActors(tx, accounts)
	if err != nil {
		return nil, err
	}
	tokens = make(map[uuid.UUID]string, len(accounts))
	for _, id := range accounts {
		actor, ok := actors[id]
		if !ok {
			return nil, fmt.Errorf("account %s cannot sign in", id)
		}
		actor.SessionID = uuid.Must(uuid.NewV7())
		if tokens[id], _, err = s.Tokens.Issue(actor, ttl); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

func selectActors(tx *postgres.Tx, accounts []uuid.UUID) (actors map[uuid.UUID]auth.Actor, err error) {
	actors = make(map[uuid.UUID]auth.Actor, len(accounts))
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `
			select a.id, coalesce(m.role, 'agent'), m.organisation_id
			from account.account a
			left join lateral (select m.role, m.organisation_id from account.membership m
				where m.account_id = a.id order by m.joined_at, m.organisation_id limit 1) m on a.kind = 'staff'
			where a.id = any ($1) and (a.kind = 'agent' or m.role is not null)
				and not exists (select from account.disablement d where d.account_id = a.id)`, accounts)
		if err != nil {
			return fmt.Errorf("select actors: %w", err)
		}
		var actor auth.Actor
		var organisation uuid.NullUUID
		_, err = pgx.ForEachRow(rows, []any{&actor.AccountID, &actor.Role, &organisation}, func() error {
			actor.OrganisationID = organisation.UUID
			actors[actor.AccountID] = actor
			return nil
		})
		return err
	})
	return actors, err
}
