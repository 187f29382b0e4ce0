package certification

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Credential is what an agent earned. Its row never changes: its state is told by time, and by the suspensions and the
// revocation beside it.
type Credential struct {
	ID              uuid.UUID   `json:"id"`
	PublicID        string      `json:"public_id" doc:"of the page that anyone may see who has it: /credentials/{public_id}"`
	AgentID         uuid.UUID   `json:"agent_id"`
	TemplateID      uuid.UUID   `json:"template_id"`
	TemplateVersion int         `json:"template_version"`
	Code            string      `json:"code" doc:"the template's"`
	NameZH          string      `json:"name_zh" gorm:"column:name_zh"`
	NameEN          string      `json:"name_en" gorm:"column:name_en"`
	State           badge.State `json:"state" enum:"valid,expiring,expired,suspended,revoked,unknown"`
	ValidFrom       time.Time   `json:"valid_from"`
	ValidUntil      time.Time   `json:"valid_until"`
	Renews          *uuid.UUID  `json:"renews"`
	Evidence        string      `json:"evidence"`
	ShowName        bool        `json:"show_name" doc:"whether the public page tells the holder's name"`
	SuspensionID    *uuid.UUID  `json:"suspension_id" doc:"the suspension in force"`
	SuspendedUntil  *time.Time  `json:"suspended_until"`
	RevocationID    *uuid.UUID  `json:"revocation_id" doc:"the request that was confirmed"`
	RevokedAt       *time.Time  `json:"revoked_at"`
	ReasonCode      *string     `json:"reason_code" doc:"of the suspension or revocation"`
	IssuedAt        time.Time   `json:"issued_at"`

	List, ListIndex int        `json:"-"`
	JWT             string     `json:"-" gorm:"column:jwt"`
	Follows         *uuid.UUID `json:"-"` // the agent's one before it of the same template, whatever became of that
}

// Issuance is what whoever issues says.
type Issuance struct {
	AgentID    uuid.UUID  `json:"agent_id"`
	TemplateID uuid.UUID  `json:"template_id"`
	Evidence   string     `json:"evidence" minLength:"1" maxLength:"2000" doc:"what shows that each requirement was met"`
	Renews     *uuid.UUID `json:"renews,omitempty" doc:"the credential before it, by the shorter path"`
}

// IssueCredential gives an agent a credential of the template's newest version, and with it its tags, on an official's
// word. It returns ErrHeld, ErrRequirements, ErrNotRenewable, ErrNotYourself or fault.ErrNotFound.
func (s *Service) IssueCredential(ctx context.Context, in Issuance) (made *Credential, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		if in.AgentID == tx.Actor.AccountID {
			return ErrNotYourself
		}
		if err := s.checkAgent(tx, in.AgentID); err != nil {
			return err
		}
		t, err := selectTemplate(tx, in.TemplateID, 0)
		if err != nil {
			return err
		}
		version, err := nextVersion(tx, in.AgentID)
		if err != nil {
			return err
		}
		requirements, until := t.Requirements, tx.Now.AddDate(0, 0, t.ValidDays)
		if in.Renews != nil {
			old, err := selectCredential(tx, *in.Renews)
			if err != nil {
				return err
			}
			if old.AgentID != in.AgentID || old.TemplateID != t.ID || old.State != badge.Expiring {
				return ErrNotRenewable
			}
			requirements, until = t.RenewalRequirements, old.ValidUntil.AddDate(0, 0, t.ValidDays) // no day is lost
		}
		if err := meets(tx, in, t, requirements); err != nil {
			return err
		}
		made, err = s.insertCredential(tx, t, in, until)
		if err != nil {
			return err
		}
		if err := settleAs(tx, made, version, "issued", audit.Entry{Action: "credential.issued", Reason: in.Evidence}); err != nil {
			return err
		}
		return s.issueFollowing(tx, in.AgentID)
	})
	return made, err
}

// meets asks for what is not the official's to say: earlier credentials in force, and that this one is not held already.
func meets(tx *postgres.Tx, in Issuance, t Template, requirements []Prerequisite) error {
	records, err := selectRecords(tx, []uuid.UUID{in.AgentID})
	if err != nil {
		return err
	}
	if last := records[0].last(t.ID); in.Renews == nil && last != nil && last.TemplateVersion == t.Version && (last.State.Good() || last.State == badge.Suspended) {
		return ErrHeld
	}
	for _, q := range requirements {
		if q.Kind == "credential" && !records[0].look(q, time.Time{}, "first").Met {
			return ErrRequirements
		}
	}
	return nil
}

func (s *Service) insertCredential(tx *postgres.Tx, t Template, in Issuance, until time.Time) (*Credential, error) {
	signer, err := s.Issuer.signing()
	if err != nil {
		return nil, err
	}
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("make a credential's id: %w", err)
	}
	before, err := selectRecords(tx, []uuid.UUID{in.AgentID})
	if err != nil {
		return nil, err
	}
	list, index, err := takeBit(tx)
	if err != nil {
		return nil, err
	}
	c := &Credential{
		ID: newID(), PublicID: base64.RawURLEncoding.EncodeToString(random), AgentID: in.AgentID, TemplateID: t.ID, TemplateVersion: t.Version, Code: t.Code,
		NameZH: t.NameZH, NameEN: t.NameEN, State: badge.Valid, ValidFrom: tx.Now.Truncate(time.Second), ValidUntil: until.Truncate(time.Second),
		Renews: in.Renews, Evidence: in.Evidence, IssuedAt: tx.Now, List: list, ListIndex: index,
	}
	if last := before[0].last(t.ID); last != nil {
		c.Follows = &last.ID
	}
	for _, a := range before[0].achievements { // kept while this transaction waited: it counts for this credential
		if a.AchievedAt.After(c.IssuedAt) {
			c.IssuedAt = a.AchievedAt
		}
	}
	name := t.NameZH + " / " + t.NameEN
	var tags []string
	for _, g := range t.Grants {
		tags = append(tags, g.Tag)
	}
	c.JWT, err = signer.Sign(badge.Credential{
		ID: s.Issuer.public + badgePath + c.PublicID, Name: name, Issuer: s.Issuer.Profile(), ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil,
		Subject: badge.Subject{ID: "urn:uuid:" + uuid.NewString(), Achievement: badge.Achievement{
			ID: fmt.Sprintf("urn:uuid:%s#%d", t.ID, t.Version), Name: name, Description: t.AboutZH + "\n" + t.AboutEN,
			Criteria: badge.Criteria{Narrative: t.AboutZH + "\n" + t.AboutEN}, Version: strconv.Itoa(t.Version), Tags: tags,
		}},
		Status: []badge.StatusEntry{
			badge.Entry(badge.Revocation, s.Issuer.listAddress(badge.Revocation, list), index),
			badge.Entry(badge.Suspension, s.Issuer.listAddress(badge.Suspension, list), index),
		},
	}.Complete())
	if err != nil {
		return nil, err
	}
	if err := tx.Exec(`insert into certification.credential (id, public_id, agent_id, template_id, template_version, list, list_index, renews, follows, evidence, valid_from, valid_until, jwt, issued_by, issued_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.ID, c.PublicID, c.AgentID, t.ID, t.Version, list, index, c.Renews, c.Follows, c.Evidence, c.ValidFrom, c.ValidUntil, c.JWT,
		tx.Actor.AccountID, c.IssuedAt).Error; err != nil {
		return nil, refusal(err)
	}
	told := fact.CredentialIssued{CredentialID: c.ID.String(), AgentID: c.AgentID.String(), TemplateID: t.ID.String(), TemplateVersion: t.Version, ValidUntil: c.ValidUntil}
	if c.Renews != nil {
		told.Renews = c.Renews.String()
	}
	return c, outbox.Append(tx, told)
}

// takeBit gives out a free bit at random. The list's row is locked; at most half of it is taken, so few tries do.
func takeBit(tx *postgres.Tx) (list, index int, err error) {
	if err := tx.Raw(`select list from certification.status_list order by list desc limit 1 for update`).Scan(&list).Error; err != nil {
		return 0, 0, err
	}
	var taken int
	err = tx.Raw(`update certification.status_list set allocated = allocated + 1 where list = ? and allocated < 65536 returning allocated`, list).Scan(&taken).Error
	if err != nil {
		return 0, 0, err
	}
	if taken == 0 { // it is full
		list++
		if err := tx.Exec(`insert into certification.status_list (list, allocated) values (?, 1)`, list).Error; err != nil {
			return 0, 0, err
		}
	}
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(badge.ListBits))
		if err != nil {
			return 0, 0, fmt.Errorf("draw a bit: %w", err)
		}
		var found int
		if err := tx.Raw(`select count(*) from certification.credential where list = ? and list_index = ?`, list, n.Int64()).Scan(&found).Error; err != nil {
			return 0, 0, err
		}
		if found == 0 {
			return list, int(n.Int64()), nil
		}
	}
}

// settleAs ends every act on a credential alike: tier, tags, trials, the audit row, and last, because it makes others wait, the log.
func settleAs(tx *postgres.Tx, c *Credential, version int64, kind string, e audit.Entry) error {
	if _, err := settleStanding(tx, c.AgentID, false); err != nil {
		return err
	}
	if _, err := settleTags(tx, c.AgentID, version); err != nil {
		return err
	}
	if err := settleTrials(tx, c.AgentID, version); err != nil {
		return err
	}
	e.Subject = c.ID.String()
	if err := audit.Record(tx, e); err != nil {
		return err
	}
	return appendLeaf(tx, kind, c.ID, c.JWT)
}

// Credentials lists those the actor may see, the newest first: an agent's own, all for officials; of one agent where one
// is named.
func (s *Service) Credentials(ctx context.Context, agent, before uuid.UUID, limit int) (list []Credential, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if tx.Actor.Role == auth.Agent {
			agent = tx.Actor.AccountID
		}
		where, args := []string{"true"}, []any{}
		if agent != uuid.Nil {
			where, args = append(where, "c.agent_id = ?"), append(args, agent)
		}
		if before != uuid.Nil {
			where, args = append(where, "c.id < ?"), append(args, before)
		}
		list, err = selectCredentials(tx, strings.Join(where, " and ")+` order by c.id desc limit ?`, append(args, limit)...)
		return err
	})
	return list, err
}

// Consent says whether the public page tells the holder's name. Only the holder may.
func (s *Service) Consent(ctx context.Context, id uuid.UUID, show bool) (c *Credential, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectCredential(tx, id); err != nil {
			return err
		}
		if err := tx.Exec(`insert into certification.consent (id, credential_id, show_name, given_at) values (?, ?, ?, ?)`, newID(), id, show, tx.Now).Error; err != nil {
			return err
		}
		c, err = selectCredential(tx, id)
		return err
	})
	return c, err
}

// selectCredential is one that the actor may see, or fault.ErrNotFound.
func selectCredential(tx *postgres.Tx, id uuid.UUID) (*Credential, error) {
	return oneCredential(tx, `c.id = ?`, id)
}

func oneCredential(tx *postgres.Tx, where string, args ...any) (*Credential, error) {
	found, err := selectCredentials(tx, where, args...)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.ErrNotFound
	}
	return &found[0], nil
}

func selectCredentials(tx *postgres.Tx, where string, args ...any) (list []Credential, err error) {
	err = tx.Raw(`select c.*, t.code, v.name_zh, v.name_en, p.id as suspension_id, p.until as suspended_until, r.request_id as revocation_id, r.revoked_at,
			coalesce(q.reason_code, p.reason_code) as reason_code,
			coalesce((select n.show_name from certification.consent n where n.credential_id = c.id order by n.id desc limit 1), false) as show_name
		from certification.credential c
			join certification.template t on t.id = c.template_id
			join certification.template_version v on v.template_id = c.template_id and v.version = c.template_version
			left join lateral (select * from certification.suspension p where p.credential_id = c.id and p.until > ? and not exists (select from certification.suspension_end e where e.suspension_id = p.id)
				order by p.id desc limit 1) p on true
			left join certification.revocation r on r.credential_id = c.id
			left join certification.revocation_request q on q.id = r.request_id
		where `+where, append([]any{tx.Now}, args...)...).Scan(&list).Error
	for i, c := range list {
		list[i].State = badge.StateAt(c.ValidFrom, c.ValidUntil, c.RevocationID != nil, c.SuspensionID != nil, tx.Now)
	}
	return list, err
}

// lockCredential locks the holder, whose tags may follow, and reads the credential as it is then. The version is of the
// change that is about to be made. Nobody acts on their own.
func lockCredential(tx *postgres.Tx, id uuid.UUID) (*Credential, int64, error) {
	c, err := selectCredential(tx, id)
	if err != nil {
		return nil, 0, err
	}
	if c.AgentID == tx.Actor.AccountID {
		return nil, 0, ErrNotYourself
	}
	version, err := nextVersion(tx, c.AgentID)
	if err != nil {
		return nil, 0, err
	}
	c, err = selectCredential(tx, id)
	if err == nil && c.State == badge.Unknown {
		err = errors.New("the credential is of the future")
	}
	return c, version, err
}
