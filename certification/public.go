package certification

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"rsc.io/qr"

	"peakseat/certification/badge"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Verification is what anyone is told who has a credential's public id. An id that nobody has and one of nothing look
// the same: unknown.
type Verification struct {
	PublicID   string      `json:"public_id"`
	State      badge.State `json:"state" enum:"valid,expiring,expired,suspended,revoked,unknown"`
	NameZH     string      `json:"name_zh,omitempty"`
	NameEN     string      `json:"name_en,omitempty"`
	HolderName string      `json:"holder_name,omitempty" doc:"only where the holder consents"`
	ValidFrom  *time.Time  `json:"valid_from,omitempty"`
	ValidUntil *time.Time  `json:"valid_until,omitempty"`
	Until      *time.Time  `json:"suspended_until,omitempty"`
	RevokedAt  *time.Time  `json:"revoked_at,omitempty"`
	ReasonCode string      `json:"reason_code,omitempty"`
	Grants     []PublicTag `json:"grants,omitempty" doc:"the skills that it stands for"`
	JWT        string      `json:"jwt,omitempty" doc:"the credential itself; it names nobody"`
	LogIndex   *int64      `json:"log_index,omitempty" doc:"the leaf of its issue in the transparency log"`
}

// PublicTag is a skill with its names, for those who have no account.
type PublicTag struct {
	Tag   string `json:"tag"`
	Level int    `json:"level"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// Verify tells anyone the state of a credential.
func (s *Service) Verify(ctx context.Context, publicID string) (v *Verification, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		v = &Verification{PublicID: publicID, State: badge.Unknown}
		c, err := oneCredential(tx, `c.public_id = ?`, publicID)
		if errors.Is(err, fault.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		v.State, v.NameZH, v.NameEN, v.JWT = c.State, c.NameZH, c.NameEN, c.JWT
		if err := tx.Raw(`select min(index) from certification.log_leaf where credential_id = ? and kind = 'issued'`, c.ID).Scan(&v.LogIndex).Error; err != nil {
			return err
		}
		if err := tx.Raw(`select g.tag, g.level, t.zh, t.en from certification.template_version v cross join lateral jsonb_to_recordset(v.grants) g (tag text, level int)
			join certification.tag t on t.name = g.tag where v.template_id = ? and v.version = ? order by g.tag`, c.TemplateID, c.TemplateVersion).Scan(&v.Grants).Error; err != nil {
			return err
		}
		v.ValidFrom, v.ValidUntil, v.RevokedAt = &c.ValidFrom, &c.ValidUntil, c.RevokedAt
		switch c.State {
		case badge.Suspended:
			v.Until, v.ReasonCode = c.SuspendedUntil, *c.ReasonCode
		case badge.Revoked:
			v.ReasonCode = *c.ReasonCode
		case badge.Valid, badge.Expiring, badge.Expired, badge.Unknown:
		}
		if c.ShowName {
			v.HolderName, err = s.Agents.Name(tx, c.AgentID)
		}
		return err
	})
	return v, err
}

const (
	listTTL  = time.Minute         // a relying party who can should ask again after that
	listLife = 30 * 24 * time.Hour // one who cannot may believe a copy so long, and is told of when it is
)

// StatusList is the signed list as it stands. It returns fault.ErrNotFound.
func (s *Service) StatusList(ctx context.Context, purpose badge.Purpose, list int) (signed string, err error) {
	err = postgres.InSnapshot(ctx, s.System, func(tx *postgres.Tx) error {
		signed, err = s.signList(tx, purpose, list)
		return err
	})
	return signed, err
}

func (s *Service) signList(tx *postgres.Tx, purpose badge.Purpose, list int) (string, error) {
	var exists int
	if err := tx.Raw(`select count(*) from certification.status_list where list = ?`, list).Scan(&exists).Error; err != nil {
		return "", err
	}
	const (
		revoked   = `select c.list_index from certification.revocation r join certification.credential c on c.id = r.credential_id where c.list = ? and r.revoked_at <= ?`
		suspended = `select distinct c.list_index from certification.suspension p join certification.credential c on c.id = p.credential_id where c.list = ? and p.until > ?
			and not exists (select from certification.suspension_end e where e.suspension_id = p.id)`
	)
	query, known := map[badge.Purpose]string{badge.Revocation: revoked, badge.Suspension: suspended}[purpose]
	if !known || exists == 0 {
		return "", fault.ErrNotFound
	}
	var set []int
	if err := tx.Raw(query, list, tx.Now).Scan(&set).Error; err != nil {
		return "", err
	}
	bits := badge.NewBits()
	for _, index := range set {
		bits.Set(index)
	}
	signer, err := s.Issuer.signing()
	if err != nil {
		return "", err
	}
	return signer.SignList(s.Issuer.Profile().ID, s.Issuer.listAddress(purpose, list), purpose, bits, tx.Now, tx.Now.Add(listLife), listTTL)
}

// File is the credential to keep, with its status as it is now. It is the holder's, and officials'.
func (s *Service) File(ctx context.Context, id uuid.UUID) (f *badge.File, err error) {
	var c *Credential
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err = selectCredential(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	keys, err := s.Issuer.Keys()
	if err != nil {
		return nil, err
	}
	f = &badge.File{Credential: c.JWT, KeysAt: s.Issuer.public + keySetPath}
	if f.Keys, err = keys.JWKS(); err != nil {
		return nil, err
	}
	for _, purpose := range []badge.Purpose{badge.Revocation, badge.Suspension} {
		list, err := s.StatusList(ctx, purpose, c.List)
		if err != nil {
			return nil, err
		}
		f.Status = append(f.Status, list)
	}
	return f, nil
}

// qrCode is the QR code of a credential's public page. It draws what it is asked for: whether there is such a
// credential, the page says.
func (s *Service) qrCode(publicID string) (*qr.Code, error) {
	return qr.Encode(s.Issuer.public+badgePath+publicID, qr.M)
}

// svg draws a code with the quiet zone that the standard asks for.
func svg(code *qr.Code) []byte {
	const quiet = 4
	var b bytes.Buffer
	side := code.Size + 2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side, side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}
