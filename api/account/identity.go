package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/internal/seal"
	"peakseat/internal/web"
)

// IdentityState says how far a person's real-name data are.
type IdentityState string

// The states: nothing was given; operators have not looked yet; they found it true; they did not.
const (
	IdentityNone     IdentityState = "none"
	IdentityGiven    IdentityState = "given"
	IdentityVerified IdentityState = "verified"
	IdentityRefused  IdentityState = "refused"
)

// Identity is who an agent is by law. Number is of a citizen or resident, BankAccount of a card in the agent's name.
type Identity struct {
	AgentID     uuid.UUID
	Name        string
	Number      string
	Phone       string
	BankAccount string
	State       IdentityState
	Refusal     string // why it was refused, one of refusals(); "" in other states
	Version     int    // of any change by the agent
	GivenAt     time.Time
	DecidedAt   *time.Time
}

// The names under which the fields are sealed.
const (
	fieldLegalName   = "identity.name"
	fieldNumber      = "identity.number"
	fieldPhone       = "identity.phone"
	fieldBankAccount = "identity.bank_account"
)

// refusals are why real-name data may be refused; agents read them in words.
func refusals() []string {
	return []string{"name_differs", "number_unknown", "phone_unreachable", "bank_account_differs", "other"}
}

// masked is what screens show: nothing of it identifies anybody.
func (i Identity) masked() Identity {
	i.Name, i.Number, i.Phone, i.BankAccount = seal.MaskName(i.Name), seal.MaskIDNumber(i.Number), seal.MaskPhone(i.Phone), seal.MaskBankAccount(i.BankAccount)
	return i
}

// over fills the fields that are not given anew with what is on file.
func (i Identity) over(old Identity) Identity {
	for _, field := range []struct {
		given *string
		old   string
	}{{&i.Name, old.Name}, {&i.Number, old.Number}, {&i.Phone, old.Phone}, {&i.BankAccount, old.BankAccount}} {
		if strings.TrimSpace(*field.given) == "" {
			*field.given = field.old
		}
	}
	return i
}

// normal is the one spelling of everything.
func (i Identity) normal() Identity {
	i.Name, i.Number = strings.TrimSpace(i.Name), seal.Normalise(seal.IDNumber, i.Number)
	i.Phone, i.BankAccount = seal.Normalise(seal.Phone, i.Phone), seal.Normalise(seal.BankAccount, i.BankAccount)
	return i
}

// check notes what cannot be true; today is the agent's date.
func (i Identity) check(today time.Time) error {
	var wrong fault.Collect
	addNameFault(&wrong, "/name", i.Name)
	least := rules.Current().People.LeastAge
	switch birth, ok := birthOf(i.Number); {
	case i.Number == "":
		wrong.Add("/number", "required", "请填写身份证号码。", "Give the identity number.")
	case !ok || birth.After(today):
		wrong.Add("/number", "bad_identity_number", "身份证号码不正确，请逐位核对。", "This is no identity number; check each character.")
	case ageOn(birth, today) < least:
		wrong.Add("/number", "too_young", fmt.Sprintf("年满 %d 周岁才能上岗。", least), fmt.Sprintf("You must be %d to work here.", least))
	}
	if !isPhone(i.Phone) {
		wrong.Add("/phone", "bad_phone", "应为手机号码；境外号码以 + 和国家代码开头。", "Expected a mobile number; from abroad with + and the country's code.")
	}
	if !isCard(i.BankAccount) {
		wrong.Add("/bank_account", "bad_bank_account", "银行卡号不正确，请逐位核对。", "This is no card number; check each digit.")
	}
	return wrong.Err()
}

// GiveIdentity keeps the acting agent's real-name data; empty fields stay as they are on file. Another name or number has to be
// verified anew. It runs under the system role, since a number is looked for among everybody's; the id is the actor's. It
// returns ErrIdentityTaken, ErrTooManyTries, ErrErased or fault.ErrInvalid with fields.
func (s *Service) GiveIdentity(ctx context.Context, given Identity, address netip.Addr) (kept Identity, err error) {
	actor, _ := auth.ActorFrom(ctx)
	guesser := "identity/" + actor.AccountID.String()
	if wait := s.Throttle.Guess(guesser, address); wait > 0 {
		return Identity{}, ErrTooManyTries.After(wait)
	}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		account, err := lockAccount(tx, actor.AccountID)
		if err != nil {
			return err
		}
		key, err := s.Keyring.Open(account.ID, account.DataKey)
		if err != nil {
			return sealFault(err)
		}
		old, err := s.selectIdentity(tx, account.ID)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
		given.AgentID = account.ID
		next := given.over(old.Identity).normal()
		if err := next.check(tx.Now.In(identityZone())); err != nil {
			return err
		}
		row, err := s.sealIdentity(tx, key, next)
		if err != nil {
			return err
		}
		row.Round, row.Version, row.GivenAt = old.Round, old.Version+1, old.GivenAt
		anew := old.Version == 0 || old.Name != next.Name || old.Number != next.Number
		if anew {
			row.Round, row.GivenAt = old.Round+1, tx.Now
		}
		if err := upsertIdentity(tx, row); err != nil {
			return err
		}
		if anew {
			if err := tellIdentity(tx, account.ID, IdentityGiven); err != nil {
				return err
			}
		}
		found, err := s.selectIdentity(tx, account.ID)
		kept = found.masked()
		return err
	})
	if err != nil {
		return Identity{}, faultOf(err)
	}
	s.Throttle.Succeeded(guesser, address)
	return kept, nil
}

// MyIdentity is the actor's own, masked, of IdentityNone where nothing was given.
func (s *Service) MyIdentity(ctx context.Context) (mine Identity, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		found, err := s.selectIdentity(tx, tx.Actor.AccountID)
		if errors.Is(err, fault.ErrNotFound) {
			mine = Identity{AgentID: tx.Actor.AccountID, State: IdentityNone}
			return nil
		}
		mine = found.masked()
		return err
	})
	return mine, err
}

// Identities lists those of a state, masked, who wait longest first, at most limit and one more. It is an operator's.
func (s *Service) Identities(ctx context.Context, state IdentityState, after Place, limit int) (list []Identity, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list = nil
		rows, err := selectIdentities(tx, state, after, limit+1)
		if err != nil {
			return err
		}
		for _, row := range rows {
			one, err := s.unsealIdentity(row)
			if err != nil {
				return err
			}
			list = append(list, one.masked())
		}
		return nil
	})
	return list, err
}

// IdentityOf is a person's, masked. It is an operator's. It returns fault.ErrNotFound where none was given.
func (s *Service) IdentityOf(ctx context.Context, agent uuid.UUID) (found Identity, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		one, err := s.selectIdentity(tx, agent)
		found = one.masked()
		return err
	})
	return found, err
}

// RevealIdentity returns a person's real-name data in full to an operator who gives a reason; both are kept in the audit
// trail. Its refusals are those of Disable.
func (s *Service) RevealIdentity(ctx context.Context, agent uuid.UUID, reason string) (found Identity, err error) {
	if err := checkOperation(ctx, agent, reason); err != nil {
		return Identity{}, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		one, err := s.selectIdentity(tx, agent)
		if err != nil {
			return err
		}
		found = one.Identity
		return audit.Record(tx, audit.Entry{
			Action: "identity.revealed", Subject: agent.String(), Reason: strings.TrimSpace(reason),
			Detail: map[string][]string{"fields": {"name", "number", "phone", "bank_account"}},
		})
	})
	return found, err
}

// DecideIdentity says what an operator found of the version that they saw: refusal is one of refusals(), or "" where it is
// true. A later decision takes the place of an earlier one. It returns web.ErrChanged where the agent changed it since, and
// what Disable refuses.
func (s *Service) DecideIdentity(ctx context.Context, agent uuid.UUID, version int, refusal, reason string) (found Identity, err error) {
	if err := checkOperation(ctx, agent, reason); err != nil {
		return Identity{}, err
	}
	if refusal != "" && !slices.Contains(refusals(), refusal) {
		return Identity{}, fault.ErrInvalid.At("/refusal", "unknown_refusal", "没有这个理由。", "There is no such reason.")
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := tx.Exec(`select from account.identity where agent_id = ? for update`, agent).Error; err != nil {
			return err
		}
		seen, err := s.selectIdentity(tx, agent)
		if err != nil {
			return err
		}
		if seen.Version != version {
			return web.ErrChanged
		}
		state, action := IdentityVerified, "identity.verified"
		if refusal != "" {
			state, action = IdentityRefused, "identity.refused"
		}
		if seen.State == state && seen.Refusal == refusal {
			found = seen.masked()
			return nil
		}
		if err := insertIdentityDecision(tx, agent, seen.Round, refusal); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{
			Action: action, Subject: agent.String(), Reason: strings.TrimSpace(reason), Detail: map[string]string{"refusal": refusal},
		}); err != nil {
			return err
		}
		if err := tellIdentity(tx, agent, state); err != nil {
			return err
		}
		decided, err := s.selectIdentity(tx, agent)
		found = decided.masked()
		return err
	})
	return found, err
}

// identityZone is where a person's age is counted: all identity numbers are China's.
func identityZone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// identityRow is a row of account.identity, sealed, with the last decision of its round.
type identityRow struct {
	AgentID     uuid.UUID
	NumberIndex []byte
	Name        []byte
	Number      []byte
	Phone       []byte
	BankAccount []byte
	Round       int
	Version     int
	GivenAt     time.Time
	Decided     bool
	Refusal     *string
	DecidedAt   *time.Time
	DataKey     []byte
}

// heldIdentity is an identity with the round of decisions that it is in.
type heldIdentity struct {
	Identity
	Round int
}

func (s *Service) sealIdentity(tx *postgres.Tx, key seal.DataKey, i Identity) (row identityRow, err error) {
	// While the index key rotates, the unique constraint guards among new indexes only.
	indexes, err := s.Index.All(seal.IDNumber, i.Number)
	if err != nil {
		return row, err
	}
	if err := lockIndexes(tx, indexes); err != nil {
		return row, err
	}
	var taken bool
	err = tx.Raw(`select exists (select from account.identity where number_index in ? and agent_id <> ?)`, indexes, i.AgentID).Scan(&taken).Error
	if err != nil {
		return row, err
	}
	if taken {
		return row, ErrIdentityTaken
	}
	return identityRow{
		AgentID: i.AgentID, NumberIndex: indexes[0],
		Name: key.SealText(fieldLegalName, i.Name), Number: key.SealText(fieldNumber, i.Number),
		Phone: key.SealText(fieldPhone, i.Phone), BankAccount: key.SealText(fieldBankAccount, i.BankAccount),
	}, nil
}

func (s *Service) unsealIdentity(row identityRow) (i heldIdentity, err error) {
	i.AgentID, i.Round, i.Version, i.GivenAt = row.AgentID, row.Round, row.Version, row.GivenAt.UTC()
	switch {
	case !row.Decided:
		i.State = IdentityGiven
	case row.Refusal == nil:
		i.State = IdentityVerified
	default:
		i.State, i.Refusal = IdentityRefused, *row.Refusal
	}
	if row.DecidedAt != nil {
		at := row.DecidedAt.UTC()
		i.DecidedAt = &at
	}
	key, err := s.Keyring.Open(row.AgentID, row.DataKey)
	if err != nil {
		return i, sealFault(err)
	}
	for _, field := range []struct {
		name   string
		sealed []byte
		into   *string
	}{{fieldLegalName, row.Name, &i.Name}, {fieldNumber, row.Number, &i.Number}, {fieldPhone, row.Phone, &i.Phone}, {fieldBankAccount, row.BankAccount, &i.BankAccount}} {
		if *field.into, err = key.UnsealText(field.name, field.sealed); err != nil {
			return i, err
		}
	}
	return i, nil
}

const identities = `select i.*, a.data_key, d.id is not null as decided, d.refusal, d.decided_at,
		case when d.id is null then 'given' when d.refusal is null then 'verified' else 'refused' end as state
	from account.identity i join account.account a on a.id = i.agent_id
	left join lateral (select * from account.identity_decision d where d.agent_id = i.agent_id and d.round = i.round order by d.id desc limit 1) d on true`

// selectIdentity returns fault.ErrNotFound where nothing was given, or nothing that the role may see.
func (s *Service) selectIdentity(tx *postgres.Tx, agent uuid.UUID) (heldIdentity, error) {
	var rows []identityRow
	if err := tx.Raw(identities+` where i.agent_id = ?`, agent).Scan(&rows).Error; err != nil {
		return heldIdentity{}, err
	}
	if len(rows) == 0 {
		return heldIdentity{}, fault.ErrNotFound
	}
	return s.unsealIdentity(rows[0])
}

func selectIdentities(tx *postgres.Tx, state IdentityState, after Place, limit int) (rows []identityRow, err error) {
	err = tx.Raw(`select * from (`+identities+`) i where state = ? and (given_at, agent_id) > (?, ?) order by given_at, agent_id limit ?`,
		state, after.CreatedAt, after.ID, limit).Scan(&rows).Error
	return rows, err
}

func upsertIdentity(tx *postgres.Tx, r identityRow) error {
	return tx.Exec(`insert into account.identity (agent_id, number_index, name, number, phone, bank_account, round, version, given_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (agent_id) do update set number_index = excluded.number_index, name = excluded.name, number = excluded.number, phone = excluded.phone,
			bank_account = excluded.bank_account, round = excluded.round, version = excluded.version, given_at = excluded.given_at`,
		r.AgentID, r.NumberIndex, r.Name, r.Number, r.Phone, r.BankAccount, r.Round, r.Version, r.GivenAt).Error
}

func insertIdentityDecision(tx *postgres.Tx, agent uuid.UUID, round int, refusal string) error {
	var why *string
	if refusal != "" {
		why = &refusal
	}
	return tx.Exec(`insert into account.identity_decision (id, agent_id, round, refusal, decided_by, decided_at) values (?, ?, ?, ?, ?, ?)`,
		uuid.Must(uuid.NewV7()), agent, round, why, tx.Actor.AccountID, tx.Now).Error
}

// tellIdentity tells the state that the agent's identity just came to. Each state follows one more round or one more decision.
func tellIdentity(tx *postgres.Tx, agent uuid.UUID, state IdentityState) error {
	var seq int
	err := tx.Raw(`select i.round + (select count(*) from account.identity_decision d where d.agent_id = i.agent_id) from account.identity i where i.agent_id = ?`, agent).Scan(&seq).Error
	if err != nil {
		return err
	}
	return outbox.Append(tx, fact.IdentityChanged{AccountID: agent.String(), Seq: seq, State: string(state)})
}
