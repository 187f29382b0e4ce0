package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// APIKey lets a program act for a merchant in the name of the owner who made the key, in a role and within scopes.
type APIKey struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Name      string
	Hint      string // the key's last four characters
	Role      auth.Role
	Scopes    []string
	MadeAt    time.Time
	ExpiresAt *time.Time // machine time; nil: never
	UsedAt    *time.Time // to the minute
}

// Scopes are what an API key may be given: reading or writing what one context owns. Writing does not include reading.
func Scopes() []string {
	var scopes []string
	for _, owner := range []string{"account", "academy", "billing", "certification", "matcher", "notice", "quality"} {
		scopes = append(scopes, owner+":read", owner+":write")
	}
	return scopes
}

// covers tells whether somebody in a role may let a key act in another.
func covers(role, key auth.Role) bool {
	return role == key || role == auth.Owner || (key == auth.Viewer && role.IsMerchant())
}

// beyond are the roles in which somebody in a role ("": none) may let no key act.
func beyond(role auth.Role) []auth.Role {
	return slices.DeleteFunc(invitable(auth.Owner), func(key auth.Role) bool { return covers(role, key) })
}

// NewAPIKey is what an owner asks for.
type NewAPIKey struct {
	Name      string
	Role      auth.Role
	Scopes    []string
	ExpiresAt *time.Time // nil: never
}

// MakeAPIKey makes a key for the actor's merchant. The secret is returned once and kept as a hash. It returns
// ErrSessionNeeded or fault.ErrInvalid with fields.
func (s *Service) MakeAPIKey(ctx context.Context, n NewAPIKey) (key APIKey, secret string, err error) {
	actor, _ := auth.ActorFrom(ctx)
	if actor.SessionID == uuid.Nil {
		return APIKey{}, "", ErrSessionNeeded
	}
	now := clock.Now()
	var wrong fault.Collect
	addNameFault(&wrong, "/name", n.Name)
	if !n.Role.IsMerchant() || !covers(actor.Role, n.Role) {
		wrong.Add("/role", "not_one_of", "密钥的角色不能超过你自己的角色。", "A key's role cannot exceed your own.")
	}
	slices.Sort(n.Scopes)
	scopes := slices.Compact(n.Scopes)
	if len(scopes) == 0 {
		wrong.Add("/scopes", "too_few", "至少选择一个范围。", "Give at least one scope.")
	}
	for _, scope := range scopes {
		if !slices.Contains(Scopes(), scope) {
			wrong.Add("/scopes", "not_one_of", "没有这个范围："+scope, "There is no scope "+scope+".")
		}
	}
	if n.ExpiresAt != nil && !n.ExpiresAt.After(now) {
		wrong.Add("/expires_at", "in_the_past", "到期时间已过。", "It lies in the past.")
	}
	if err := wrong.Err(); err != nil {
		return APIKey{}, "", err
	}
	secret, hash := auth.NewSecret(auth.APIKey)
	key = APIKey{
		ID: uuid.Must(uuid.NewV7()), AccountID: actor.AccountID, Name: strings.TrimSpace(n.Name), Hint: secret[len(secret)-4:],
		Role: n.Role, Scopes: scopes, MadeAt: machineNow(), ExpiresAt: n.ExpiresAt,
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := insertAPIKey(tx, actor.OrganisationID, key, hash); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{
			Action: "api_key.made", Subject: key.ID.String(), Detail: map[string]any{"role": key.Role, "scopes": key.Scopes},
		})
	})
	if err != nil {
		return APIKey{}, "", err
	}
	return key, secret, nil
}

// APIKeys lists the keys of the actor's merchant, the newest first.
func (s *Service) APIKeys(ctx context.Context) (keys []APIKey, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		keys, err = selectAPIKeys(tx, tx.Actor.OrganisationID)
		return err
	})
	return keys, err
}

// DeleteAPIKey deletes a key of the actor's merchant; the next request with it is refused. It returns fault.ErrNotFound
// or ErrSessionNeeded.
func (s *Service) DeleteAPIKey(ctx context.Context, id uuid.UUID) error {
	if actor, _ := auth.ActorFrom(ctx); actor.SessionID == uuid.Nil {
		return ErrSessionNeeded
	}
	return postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := deleteAPIKey(tx, tx.Actor.OrganisationID, id); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "api_key.deleted", Subject: id.String()})
	})
}

// APIKeyActor returns whom an API key stands for, or fault.ErrUnauthenticated. The database is asked each time, so that a
// deleted key, a disabled maker and a maker whose role no longer covers the key's are out at once.
func (s *Service) APIKeyActor(ctx context.Context, secret string) (actor auth.Actor, err error) {
	hash, err := auth.HashSecret(auth.APIKey, secret)
	if err != nil {
		return auth.Actor{}, fault.ErrUnauthenticated.Because(err)
	}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		now := clock.Now()
		row, err := selectAPIKeyUse(tx, hash)
		switch {
		case err != nil:
			return err
		case row.Disabled, row.ExpiresAt != nil && !now.Before(*row.ExpiresAt), !covers(row.MakerRole, row.Role):
			return fault.ErrUnauthenticated
		}
		if row.UsedAt == nil || now.Sub(*row.UsedAt) > time.Minute {
			if err := updateAPIKeyUsed(tx, row.ID, now); err != nil {
				return err
			}
		}
		actor = auth.Actor{AccountID: row.AccountID, Role: row.Role, OrganisationID: row.OrganisationID, Scopes: strings.Fields(row.Scopes)}
		return nil
	})
	return actor, err
}
