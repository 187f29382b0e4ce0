package account

import (
	"context"
	"errors"
	"net/mail"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/seal"
)

// Kind is what an account was opened as. An agent works seats; staff act for organisations.
type Kind string

// The kinds.
const (
	KindAgent Kind = "agent"
	KindStaff Kind = "staff"
)

// Account is a person, unsealed.
type Account struct {
	ID        uuid.UUID
	Kind      Kind
	Email     string // "" once erased
	Name      string // "" once erased
	Seeded    bool
	Disabled  bool
	Version   int64
	CreatedAt time.Time // rules' clock
	Erased    bool
}

// The names under which a person's fields are sealed; they are part of what the seal binds.
const (
	fieldEmail = "account.email"
	fieldName  = "account.name"
)

const (
	maxEmail = 254
	maxName  = 80
)

// addEmailFault notes what is no e-mail address.
func addEmailFault(c *fault.Collect, pointer, email string) {
	email = strings.TrimSpace(email)
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Name != "" || parsed.Address != email || len(email) > maxEmail || strings.ContainsAny(email, "\"<> ") {
		c.Add(pointer, "bad_email", "应为电子邮箱地址。", "Expected an e-mail address.")
	}
}

// addNameFault notes what is no name of a person or an organisation.
func addNameFault(c *fault.Collect, pointer, name string) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		c.Add(pointer, "required", "请填写名称。", "Give a name.")
	case utf8.RuneCountInString(name) > maxName:
		c.Add(pointer, "too_long", "最多 80 个字符。", "At most 80 characters.")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		c.Add(pointer, "bad_format", "名称里有无法显示的字符。", "It holds characters that cannot be shown.")
	}
}

// Registration is what somebody says of themselves to open an account.
type Registration struct {
	Merchant     bool // opens a merchant with them as its owner; else they are an agent
	Email        string
	Password     string
	Name         string
	Organisation string // the merchant's name; "" leaves it unnamed
	Address      netip.Addr
}

// Registered is what came of it.
type Registered struct {
	AccountID      uuid.UUID
	Kind           Kind
	OrganisationID uuid.UUID // uuid.Nil for an agent
}

// Register opens an account. It returns fault.ErrInvalid with fields, ErrEmailTaken or ErrTooManyTries.
func (s *Service) Register(ctx context.Context, r Registration) (Registered, error) {
	if wait := s.Throttle.Guess("", r.Address); wait > 0 {
		return Registered{}, ErrTooManyTries.After(wait)
	}
	var wrong fault.Collect
	addEmailFault(&wrong, "/email", r.Email)
	addPasswordFault(&wrong, "/password", r.Password, r.Email)
	addNameFault(&wrong, "/name", r.Name)
	if r.Merchant && r.Organisation != "" {
		addNameFault(&wrong, "/organisation", r.Organisation)
	}
	if !r.Merchant && r.Organisation != "" {
		wrong.Add("/organisation", "not_for_agents", "云客服注册时不填组织。", "Agents register without an organisation.")
	}
	if err := wrong.Err(); err != nil {
		return Registered{}, err
	}
	hash, err := s.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return Registered{}, busy(err)
	}
	made := Registered{AccountID: uuid.Must(uuid.NewV7()), Kind: KindAgent}
	if r.Merchant {
		made.Kind, made.OrganisationID = KindStaff, uuid.Must(uuid.NewV7())
	}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if err := s.insertPerson(tx, made.AccountID, made.Kind, r.Email, r.Name, hash); err != nil {
			return err
		}
		facts := []fact.Fact{fact.AccountRegistered{AccountID: made.AccountID.String(), Kind: string(made.Kind)}}
		if r.Merchant {
			organisation := Organisation{ID: made.OrganisationID, Kind: OrganisationMerchant, Name: strings.TrimSpace(r.Organisation)}
			if err := insertOrganisation(tx, organisation); err != nil {
				return err
			}
			if err := insertMembership(tx, organisation, made.AccountID, auth.Owner); err != nil {
				return err
			}
			facts = append(facts,
				fact.OrganisationRegistered{OrganisationID: organisation.ID.String(), Kind: string(organisation.Kind), OwnerID: made.AccountID.String()},
				granted(organisation.ID, made.AccountID, auth.Owner))
		}
		return outbox.Append(tx, facts...)
	})
	if err != nil {
		return Registered{}, faultOf(err)
	}
	s.Throttle.Succeeded("", r.Address)
	return made, nil
}

// Me is the actor's own account with what it belongs to.
type Me struct {
	Account
	Memberships []Membership
}

// Me returns who the actor is.
func (s *Service) Me(ctx context.Context) (me Me, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		me, err = s.selectMe(tx)
		return err
	})
	return me, err
}

func (s *Service) selectMe(tx *postgres.Tx) (Me, error) {
	row, err := selectAccount(tx, tx.Actor.AccountID)
	if err != nil {
		return Me{}, err
	}
	account, err := s.unseal(row)
	if err != nil {
		return Me{}, err
	}
	memberships, err := selectMemberships(tx, account.ID)
	return Me{Account: account, Memberships: memberships}, err
}

// Rename changes the actor's own name. It returns web.ErrChanged where the version is not the one read.
func (s *Service) Rename(ctx context.Context, name string, version int64) (me Me, err error) {
	var wrong fault.Collect
	addNameFault(&wrong, "/name", name)
	if err := wrong.Err(); err != nil {
		return Me{}, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		row, err := lockAccount(tx, tx.Actor.AccountID)
		if err != nil {
			return err
		}
		key, err := s.Keyring.Open(row.ID, row.DataKey)
		if err != nil {
			return sealFault(err)
		}
		if err := updateName(tx, row.ID, key.SealText(fieldName, strings.TrimSpace(name)), version); err != nil {
			return err
		}
		me, err = s.selectMe(tx)
		return err
	})
	return me, err
}

// ChangePassword sets the actor's password, who must know the present one, and ends the actor's other sessions.
func (s *Service) ChangePassword(ctx context.Context, present, next string, address netip.Addr) error {
	if actor, _ := auth.ActorFrom(ctx); actor.SessionID == uuid.Nil {
		return ErrSessionNeeded
	}
	me, err := s.Me(ctx)
	if err != nil {
		return err
	}
	guessed := seal.Normalise(seal.Email, me.Email)
	if wait := s.Throttle.Guess(guessed, address); wait > 0 {
		return ErrTooManyTries.After(wait)
	}
	var wrong fault.Collect
	addPasswordFault(&wrong, "/new_password", next, me.Email)
	if err := wrong.Err(); err != nil {
		return err
	}
	var old string
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		old, err = selectPassword(tx, me.ID)
		return err
	})
	if err != nil {
		return err
	}
	same, err := s.Passwords.Verify(ctx, present, old)
	switch {
	case err != nil:
		return busy(err)
	case !same:
		return ErrWrongPassword
	}
	s.Throttle.Succeeded(guessed, address)
	hash, err := s.Passwords.Hash(ctx, next)
	if err != nil {
		return busy(err)
	}
	var ended []auth.Revoked
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := lockAccount(tx, me.ID); err != nil {
			return err
		}
		if err := updatePassword(tx, me.ID, hash, old); err != nil {
			return err
		}
		ended, err = endSessions(tx, me.ID, tx.Actor.SessionID, endedByPassword)
		return err
	})
	if err != nil {
		return err
	}
	s.revocations.Add(ended...)
	return nil
}

// FindByEmail returns the account with this address, for the program's own use: no actor is asked. It returns
// fault.ErrNotFound.
func (s *Service) FindByEmail(ctx context.Context, email string) (found Account, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		row, err := s.selectAccountByEmail(tx, email)
		if err != nil {
			return err
		}
		found, err = s.unseal(row)
		return err
	})
	return found, err
}

// Names returns how each account is called to the actor of tx: in full for the actor and for colleagues in the
// organisation the session names, masked (王*) for everybody else, operators included, and where nobody acts. Ids that
// are no account's, and accounts that were erased, are missing from the map.
//
// The sealed names are read under the system role, since no policy lets one tenant read another's people; who may
// read them in full is decided here.
func (s *Service) Names(tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := make(map[uuid.UUID]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	actor := tx.Actor
	err := postgres.InTx(tx.Context(), s.System, func(system *postgres.Tx) error {
		rows, err := selectNames(system, ids, actor.OrganisationID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			person, err := s.unseal(row.accountRow)
			if err != nil {
				return err
			}
			if person.Erased {
				continue
			}
			if row.Colleague || row.ID == actor.AccountID {
				names[row.ID] = person.Name
			} else {
				names[row.ID] = seal.MaskName(person.Name)
			}
		}
		return nil
	})
	return names, err
}

// insertPerson seals and stores a new account with its password.
func (s *Service) insertPerson(tx *postgres.Tx, id uuid.UUID, kind Kind, email, name, passwordHash string) error {
	key, wrapped, err := s.Keyring.NewDataKey(id)
	if err != nil {
		return err
	}
	return s.insertPersonUnder(tx, key, wrapped, id, kind, email, name, passwordHash)
}

func (s *Service) insertPersonUnder(tx *postgres.Tx, key seal.DataKey, wrapped []byte, id uuid.UUID, kind Kind, email, name, passwordHash string) error {
	// While the index key rotates, the unique constraint guards among new indexes only.
	indexes, err := s.Index.All(seal.Email, email)
	if err != nil {
		return err
	}
	if err := lockIndexes(tx, indexes); err != nil {
		return err
	}
	if taken, err := existsEmail(tx, indexes); err != nil || taken {
		return errors.Join(err, takenFault(taken))
	}
	err = insertAccount(tx, accountRow{
		ID: id, Kind: kind, EmailIndex: indexes[0], DataKey: wrapped,
		Email: key.SealText(fieldEmail, strings.TrimSpace(email)), Name: key.SealText(fieldName, strings.TrimSpace(name)),
	})
	if err != nil {
		return err
	}
	return upsertPassword(tx, id, passwordHash)
}

func takenFault(taken bool) error {
	if taken {
		return ErrEmailTaken
	}
	return nil
}

// unseal opens a row's fields. An erased account has none.
func (s *Service) unseal(row accountRow) (Account, error) {
	a := Account{
		ID: row.ID, Kind: row.Kind, Seeded: row.Seeded, Disabled: row.Disabled, Version: row.Version,
		CreatedAt: row.CreatedAt.UTC(), Erased: row.ErasedAt != nil,
	}
	if a.Erased {
		return a, nil
	}
	key, err := s.Keyring.Open(row.ID, row.DataKey)
	if err != nil {
		return Account{}, sealFault(err)
	}
	if a.Email, err = key.UnsealText(fieldEmail, row.Email); err != nil {
		return Account{}, err
	}
	if a.Name, err = key.UnsealText(fieldName, row.Name); err != nil {
		return Account{}, err
	}
	return a, nil
}

func sealFault(err error) error {
	if errors.Is(err, seal.ErrErased) {
		return ErrErased.Because(err)
	}
	return err
}

func granted(organisation, account uuid.UUID, role auth.Role) fact.MembershipGranted {
	return fact.MembershipGranted{OrganisationID: organisation.String(), AccountID: account.String(), Role: string(role)}
}
