package certification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// CredentialRecord is a credential with all that was ever done to it, as officials read it.
type CredentialRecord struct {
	Credential
	LogIndex *int64          `json:"log_index,omitempty" doc:"of its issue in the transparency log"`
	Acts     []CredentialAct `json:"acts" nullable:"false" doc:"the oldest first"`
}

// CredentialAct is one thing that was done to a credential.
type CredentialAct struct {
	ID         uuid.UUID  `json:"id" doc:"of the suspension, the request or the appeal"`
	Kind       string     `json:"kind" enum:"issued,suspended,reinstated,lapsed,revocation_asked,revoked,appealed,appeal_upheld,appeal_refused,name_shown,name_hidden" doc:"lapsed: a suspension ended by its time"`
	At         time.Time  `json:"at"`
	By         *uuid.UUID `json:"by,omitempty" doc:"absent: the program"`
	ReasonCode string     `json:"reason_code,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Until      *time.Time `json:"until,omitempty" doc:"of a suspension, or until when a request may be confirmed"`
}

// Record is a credential and its acts. It returns fault.ErrNotFound.
func (s *Service) Record(ctx context.Context, id uuid.UUID) (r *CredentialRecord, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		c, err := selectCredential(tx, id)
		if err != nil {
			return err
		}
		r = &CredentialRecord{Credential: *c, Acts: []CredentialAct{}}
		if err := tx.Raw(selectActs, id, int(HoldFor.Hours()), id, id, id, id, id, id, id).Scan(&r.Acts).Error; err != nil {
			return err
		}
		for i := range r.Acts {
			if r.Acts[i].By != nil && *r.Acts[i].By == uuid.Nil {
				r.Acts[i].By = nil
			}
		}
		return tx.Raw(`select min(index) from certification.log_leaf where credential_id = ? and kind = 'issued'`, id).Scan(&r.LogIndex).Error
	})
	return r, err
}

const selectActs = `select * from (
	select id, 'suspended' as kind, suspended_at as at, suspended_by as by, reason_code, reason, until from certification.suspension where credential_id = ?
	union all select id, 'revocation_asked', requested_at, requested_by, reason_code, reason, requested_at + make_interval(hours => ?::int) from certification.revocation_request where credential_id = ?
	union all select p.id, case when e.ended_by is null then 'lapsed' else 'reinstated' end, e.ended_at, e.ended_by, '', '', null from certification.suspension_end e join certification.suspension p on p.id = e.suspension_id where p.credential_id = ?
	union all select request_id, 'revoked', revoked_at, confirmed_by, '', '', null from certification.revocation where credential_id = ?
	union all select id, 'appealed', appealed_at, agent_id, against, reason, null from certification.appeal where credential_id = ?
	union all select a.id, case when d.upheld then 'appeal_upheld' else 'appeal_refused' end, d.decided_at, d.decided_by, a.against, d.reason, null from certification.appeal a join certification.appeal_decision d on d.appeal_id = a.id where a.credential_id = ?
	union all select id, case when show_name then 'name_shown' else 'name_hidden' end, given_at, null, '', '', null from certification.consent where credential_id = ?
	union all select id, 'issued', issued_at, issued_by, '', evidence, null from certification.credential where id = ?) a
	order by at, case kind when 'issued' then 0 when 'revocation_asked' then 1 else 2 end, id`
