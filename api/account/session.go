package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// How long a session lives: a refresh token that is not used in time is dead, and so is the whole session after its
// longest life, however often it was refreshed. Machine time.
const (
	refreshTTL = 14 * 24 * time.Hour
	sessionTTL = 90 * 24 * time.Hour
)

// Why a session ended.
const (
	endedBySignOut  = "signed_out"
	endedByReuse    = "reuse"
	endedByPassword = "password"
	endedByDisabled = "disabled"
	endedByRole     = "role"
	endedByErasure  = "erased"
)

// Session is what a sign-in or a refresh gives: an access token for a quarter of an hour and the token that makes the next.
type Session struct {
	AccessToken  string
	ExpiresAt    time.Time
	RefreshToken string
	Actor        auth.Actor
}

// Credentials are what somebody signs in with.
type Credentials struct {
	Email, Password string
	OrganisationID  uuid.UUID // uuid.Nil: an agent acts as an agent, staff for the organisation they joined first
	Address         netip.Addr
}

// SignIn begins a session. It returns ErrTooManyTries, ErrCredentials, ErrDisabled (to whoever knows the password),
// ErrNotMember or ErrNoMembership.
func (s *Service) SignIn(ctx context.Context, c Credentials) (Session, error) {
	guessed := seal.Normalise(seal.Email, c.Email)
	if wait := s.Throttle.Guess(guessed, c.Address); wait > 0 {
		return Session{}, ErrTooManyTries.After(wait)
	}
	var id uuid.UUID
	var hash string
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		row, err := s.selectAccountByEmail(tx, c.Email)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
		id = row.ID
		hash, err = selectPassword(tx, id)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	// an unknown address costs the same look-ups and the same hash as a known one
	same, err := s.Passwords.Verify(ctx, c.Password, hash)
	switch {
	case err != nil:
		return Session{}, busy(err)
	case !same:
		return Session{}, ErrCredentials
	}
	s.Throttle.Succeeded(guessed, c.Address)
	stronger := ""
	if s.Passwords.NeedsRehash(hash) {
		if stronger, err = s.Passwords.Hash(ctx, c.Password); err != nil {
			return Session{}, busy(err)
		}
	}
	var session Session
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		row, err := shareAccount(tx, id)
		if err != nil {
			return err
		}
		if row.Disabled {
			return ErrDisabled
		}
		now, err := selectPassword(tx, id)
		if err != nil {
			return err
		}
		if now != hash {
			return ErrCredentials // changed while we compared
		}
		if stronger != "" {
			if err := updatePassword(tx, id, stronger, hash); err != nil {
				return err
			}
		}
		session, err = s.begin(tx, row, c.OrganisationID)
		return err
	})
	return session, err
}

// begin stores a new session of the account and its first tokens.
func (s *Service) begin(tx *postgres.Tx, row accountRow, organisation uuid.UUID) (Session, error) {
	actor, err := actorFor(tx, row, organisation)
	if err != nil {
		return Session{}, err
	}
	actor.SessionID = uuid.Must(uuid.NewV7())
	now := clock.Now()
	expires := now.Add(sessionTTL)
	if err := insertSession(tx, actor, now, expires); err != nil {
		return Session{}, err
	}
	return s.issue(tx, actor, uuid.Nil, now, expires)
}

// issue makes the session's next pair of tokens, as the answer to an attempt where it has a number.
func (s *Service) issue(tx *postgres.Tx, actor auth.Actor, attempt uuid.UUID, now, sessionExpires time.Time) (Session, error) {
	secret, hash := auth.NewSecret(auth.Refresh)
	expires := now.Add(refreshTTL)
	if expires.After(sessionExpires) {
		expires = sessionExpires
	}
	if err := insertRefreshToken(tx, hash, actor.SessionID, attempt, now, expires); err != nil {
		return Session{}, err
	}
	token, at, err := s.Tokens.Issue(actor, auth.DefaultTokenTTL)
	if err != nil {
		return Session{}, err
	}
	return Session{AccessToken: token, ExpiresAt: at, RefreshToken: secret, Actor: actor}, nil
}

// actorFor is whom a session of the account acts as in an organisation; what it may comes from the membership as it is now.
func actorFor(tx *postgres.Tx, row accountRow, organisation uuid.UUID) (auth.Actor, error) {
	memberships, err := selectMemberships(tx, row.ID)
	if err != nil {
		return auth.Actor{}, err
	}
	for _, m := range memberships {
		if organisation == m.ID || (organisation == uuid.Nil && row.Kind == KindStaff) {
			return auth.Actor{AccountID: row.ID, Role: m.Role, OrganisationID: m.ID}, nil
		}
	}
	switch {
	case organisation != uuid.Nil:
		return auth.Actor{}, ErrNotMember
	case row.Kind == KindAgent:
		return auth.Actor{AccountID: row.ID, Role: auth.Agent}, nil
	}
	return auth.Actor{}, ErrNoMembership
}

// Refresh takes a refresh token for a new pair. A token works once: presented again, by whomever, it ends the session
// with every token of it. Only the same attempt, a number that the client made up before it asked, may present it again,
// for as long as nobody has used what answered it: then the answer was lost, and another takes its place (uuid.Nil: never).
// It returns ErrRefresh, ErrRefreshReused, ErrAttemptReused or ErrTooManyTries.
func (s *Service) Refresh(ctx context.Context, secret string, attempt uuid.UUID, address netip.Addr) (Session, error) {
	if wait := s.Throttle.Guess("", address); wait > 0 {
		return Session{}, ErrTooManyTries.After(wait)
	}
	hash, err := auth.HashSecret(auth.Refresh, secret)
	if err != nil {
		return Session{}, ErrRefresh.Because(err)
	}
	var (
		session Session
		refused error // what is told although the transaction stands
		ended   []auth.Revoked
	)
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		session, refused, ended = Session{}, nil, nil // tried again after a serialization failure
		token, row, err := lockRefreshToken(tx, hash)
		if err != nil {
			return err
		}
		now := clock.Now()
		end := func(by string, why error) error {
			refused = why
			ended, err = endSession(tx, row.ID, token.SessionID, by)
			return err
		}
		if token.EndedAt != nil {
			return ErrRefresh
		}
		if token.UsedAt != nil {
			lost, err := deleteLostToken(tx, token.SessionID, attempt)
			if err != nil {
				return err
			}
			if !lost {
				return end(endedByReuse, ErrRefreshReused)
			}
		}
		if !now.Before(token.ExpiresAt) || !now.Before(token.SessionExpiresAt) || row.Disabled {
			return ErrRefresh
		}
		var organisation uuid.UUID
		if token.OrganisationID != nil {
			organisation = *token.OrganisationID
		}
		actor, err := actorFor(tx, row, organisation)
		if _, gone := fault.As(err); gone {
			return end(endedByRole, ErrRefresh)
		}
		if err != nil {
			return err
		}
		actor.SessionID = token.SessionID
		if err := updateRefreshed(tx, hash, token.SessionID, now); err != nil {
			return err
		}
		session, err = s.issue(tx, actor, attempt, now, token.SessionExpiresAt)
		return faultOf(err)
	})
	if err != nil {
		return Session{}, err
	}
	s.revocations.Add(ended...)
	if refused != nil {
		return Session{}, refused
	}
	s.Throttle.Succeeded("", address)
	return session, nil
}

// SignOut ends the session that asks. It returns ErrNoSession to an API key.
func (s *Service) SignOut(ctx context.Context) error {
	actor, _ := auth.ActorFrom(ctx)
	if actor.SessionID == uuid.Nil {
		return ErrNoSession
	}
	var ended []auth.Revoked
	err := postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		ended, err = endSession(tx, actor.AccountID, actor.SessionID, endedBySignOut)
		return err
	})
	if err != nil {
		return err
	}
	s.revocations.Add(ended...)
	return nil
}

// MintToken signs an access token for an account without a sign-in, for the seed and the program's own tools. The actor
// is the one a sign-in to the organisation would give; the token has no refresh token, and dies with the account.
func (s *Service) MintToken(ctx context.Context, account, organisation uuid.UUID, ttl time.Duration) (token string, expiresAt time.Time, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		row, err := selectAccount(tx, account)
		if err != nil {
			return err
		}
		if row.Disabled {
			return ErrDisabled
		}
		actor, err := actorFor(tx, row, organisation)
		if err != nil {
			return err
		}
		actor.SessionID = uuid.Must(uuid.NewV7())
		token, expiresAt, err = s.Tokens.Issue(actor, ttl)
		return err
	})
	return token, expiresAt, err
}

// Revoked is what was revoked or lifted since then: the source of every process's auth.Revocations.
func (s *Service) Revoked(ctx context.Context, since time.Time) (list []auth.Revoked, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		list, err = selectRevoked(tx, since)
		return err
	})
	return list, err
}

// Sweep deletes what can no longer say anything: revocations that outlived every token, sessions and links long over.
func (s *Service) Sweep(ctx context.Context) error {
	return postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return deleteStale(tx, clock.Now())
	})
}
