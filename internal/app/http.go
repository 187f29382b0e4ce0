package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

const tag = "platform"

// platformRoutes adds the operations that belong to no context: parked facts, the audit trail, the development clock.
func (a *App) platformRoutes() {
	web.Register(a.edge.API, web.Op{Method: http.MethodGet, Path: "/facts/parked", Summary: "Facts that a consumer could not handle", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *web.Page) (*web.List[outbox.Parked], error) {
			var rows []outbox.Parked
			var after uuid.UUID
			if _, err := in.After(&after); err != nil {
				return nil, err
			}
			err := postgres.InTx(ctx, a.Pools.App, func(tx *postgres.Tx) (err error) {
				rows, err = outbox.ListParked(tx, after, in.Limit+1)
				return err
			})
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(p outbox.Parked) uuid.UUID { return p.ID })
		})

	web.Register(a.edge.API, web.Op{Method: http.MethodPost, Path: "/facts/parked/{id}/retry", Summary: "Send a parked fact again", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *web.ByID) (*web.None, error) {
			return &web.None{}, postgres.InTx(ctx, a.Pools.System, func(tx *postgres.Tx) error {
				if err := outbox.RetryParked(tx, in.ID); err != nil {
					return err
				}
				return audit.Record(tx, audit.Entry{Action: "fact.retried", Subject: in.ID.String()})
			})
		})

	web.Register(a.edge.API, web.Op{Method: http.MethodGet, Path: "/audit", Summary: "The audit trail, the newest first", Tag: tag, Access: web.Operator},
		func(ctx context.Context, in *struct {
			web.Page
			Actor   uuid.UUID `query:"actor" format:"uuid" doc:"only what this account did"`
			Subject string    `query:"subject" maxLength:"100"`
			Action  string    `query:"action" maxLength:"100" doc:"credential.* stands for all that begin so"`
			From    time.Time `query:"from"`
			Until   time.Time `query:"until" doc:"exclusive"`
		},
		) (*web.List[audit.SealedRow], error) {
			var rows []audit.SealedRow
			f := audit.Filter{Actor: in.Actor, Subject: in.Subject, Action: in.Action, From: in.From, Until: in.Until}
			if _, err := in.After(&f.Before); err != nil {
				return nil, err
			}
			err := postgres.InTx(ctx, a.Pools.App, func(tx *postgres.Tx) (err error) {
				rows, err = audit.List(tx, f, in.Limit+1)
				return err
			})
			if err != nil {
				return nil, err
			}
			return web.ListOf(rows, in.Limit, func(r audit.SealedRow) uuid.UUID { return r.ID })
		})

	web.Register(a.edge.API, web.Op{Method: http.MethodPost, Path: "/audit/verification", Summary: "Compute the audit trail's chain anew, and name the first row that is not what was written", Tag: tag, Access: web.Operator},
		func(ctx context.Context, _ *struct{}) (*ChainVerification, error) { return a.verifyChain(ctx) })

	if a.cfg.Dev {
		web.Register(a.edge.API, web.Op{Method: http.MethodPut, Path: "/dev/clock", Summary: "Move the rules' clock", Tag: tag, Access: web.Operator}, a.moveClock)
	}
}

// ChainVerification is what a verification of the audit trail found.
type ChainVerification struct {
	At     time.Time    `json:"at"`
	Sealed int64        `json:"sealed" doc:"rows in the chain"`
	Wait   int64        `json:"wait" doc:"rows that wait for their seal"`
	Head   string       `json:"head" doc:"the last fingerprint, in hexadecimal: kept elsewhere, it shows that nothing before it was rewritten"`
	Broken *ChainBreach `json:"broken,omitempty" doc:"absent: every row is what was written"`
}

// ChainBreach is the first row that is not what was written.
type ChainBreach struct {
	Seal int64     `json:"seal" doc:"0: it has none"`
	Row  uuid.UUID `json:"row"`
	Why  string    `json:"why"`
}

func (a *App) verifyChain(ctx context.Context) (*ChainVerification, error) {
	var counted struct {
		Sealed, Wait int64
		Head         string
	}
	err := postgres.InTx(ctx, a.Pools.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select (select count(*) from platform.audit_seal) as sealed, (select count(*) from platform.audit a where not exists (select from platform.audit_seal s where s.audit_id = a.id)) as wait,
			coalesce((select encode(hash, 'hex') from platform.audit_seal order by seq desc limit 1), '') as head`).Scan(&counted).Error
	})
	if err != nil {
		return nil, err
	}
	v := &ChainVerification{At: clock.Now(), Sealed: counted.Sealed, Wait: counted.Wait, Head: counted.Head}
	err = audit.Verify(ctx, a.Pools.System)
	if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
		v.Broken = &ChainBreach{Seal: broken.Seq, Row: broken.AuditID, Why: broken.Why}
		return v, nil
	}
	return v, err
}

// ClockSetting is where the rules' clock stands and how fast it runs.
type ClockSetting struct {
	Now  time.Time `json:"now"`
	Rate float64   `json:"rate" exclusiveMinimum:"0" maximum:"100000" default:"1" doc:"rules seconds in a real second"`
}

func (a *App) moveClock(ctx context.Context, in *struct{ Body ClockSetting }) (*ClockSetting, error) {
	err := postgres.InTx(ctx, a.Pools.System, func(tx *postgres.Tx) error {
		if in.Body.Now.Before(tx.Now) {
			return fault.ErrInvalid.At("/now", "backwards", "规则时钟只能向前拨。", "The rules' clock only moves forward.")
		}
		if err := postgres.MoveClock(tx, in.Body.Now, in.Body.Rate); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "clock.moved", Detail: in.Body})
	})
	return &in.Body, err
}
