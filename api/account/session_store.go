package account

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

func insertSession(tx *postgres.Tx, actor auth.Actor, now, expires time.Time) error {
	return tx.Exec(`insert into account.session (id, account_id, organisation_id, began_at, refreshed_at, expires_at) values (?, ?, ?, ?, ?, ?)`,
		actor.SessionID, actor.AccountID, optional(actor.OrganisationID), now, now, expires).Error
}

func insertRefreshToken(tx *postgres.Tx, hash []byte, session, attempt uuid.UUID, now, expires time.Time) error {
	return tx.Exec(`insert into account.refresh_token (session_id, hash, attempt, issued_at, expires_at) values (?, ?, ?, ?, ?)`,
		session, hash, optional(attempt), now, expires).Error
}

// deleteLostToken takes back the token that answered an attempt, where nobody has used it: its answer may not have arrived.
func deleteLostToken(tx *postgres.Tx, session, attempt uuid.UUID) (lost bool, err error) {
	result := tx.Exec(`delete from account.refresh_token where session_id = ? and attempt = ? and used_at is null`, session, attempt)
	return result.RowsAffected == 1, result.Error
}

// refreshRow is a refresh token with its session.
type refreshRow struct {
	SessionID        uuid.UUID
	AccountID        uuid.UUID
	OrganisationID   *uuid.UUID
	ExpiresAt        time.Time
	UsedAt           *time.Time
	SessionExpiresAt time.Time
	EndedAt          *time.Time
}

// lockRefreshToken locks the account (shared), then the session, so that of many who present one token the first is
// alone with it; then it reads what they are now. It returns ErrRefresh for a token that nobody has.
func lockRefreshToken(tx *postgres.Tx, hash []byte) (token refreshRow, row accountRow, err error) {
	const query = `select t.session_id, s.account_id, s.organisation_id, t.expires_at, t.used_at, s.expires_at as session_expires_at, s.ended_at
		from account.refresh_token t join account.session s on s.id = t.session_id where t.hash = ?`
	var rows []refreshRow
	if err := tx.Raw(query, hash).Scan(&rows).Error; err != nil {
		return token, row, fmt.Errorf("select refresh token: %w", err)
	}
	if len(rows) == 0 {
		return token, row, ErrRefresh
	}
	if row, err = shareAccount(tx, rows[0].AccountID); err != nil {
		return token, row, err
	}
	if err := tx.Exec(`select from account.session where id = ? for update`, rows[0].SessionID).Error; err != nil {
		return token, row, fmt.Errorf("lock session: %w", err)
	}
	rows = nil
	if err := tx.Raw(query, hash).Scan(&rows).Error; err != nil {
		return token, row, fmt.Errorf("select refresh token: %w", err)
	}
	if len(rows) == 0 {
		return token, row, ErrRefresh // swept meanwhile
	}
	return rows[0], row, nil
}

func updateRefreshed(tx *postgres.Tx, hash []byte, session uuid.UUID, now time.Time) error {
	if err := tx.Exec(`update account.refresh_token set used_at = ? where hash = ?`, now, hash).Error; err != nil {
		return fmt.Errorf("update refresh token: %w", err)
	}
	return tx.Exec(`update account.session set refreshed_at = ? where id = ?`, now, session).Error
}

// endSession ends one session and tells every process.
func endSession(tx *postgres.Tx, account, session uuid.UUID, by string) ([]auth.Revoked, error) {
	now := machineNow()
	err := tx.Exec(`update account.session set ended_at = ?, ended_by = ? where id = ? and account_id = ? and ended_at is null`,
		now, by, session, account).Error
	if err != nil {
		return nil, fmt.Errorf("end session: %w", err)
	}
	return insertRevocations(tx, account, now, session)
}

// endSessions ends every session of the account but one (uuid.Nil: all of them) and tells every process.
func endSessions(tx *postgres.Tx, account, but uuid.UUID, by string) ([]auth.Revoked, error) {
	now := machineNow()
	var ids []uuid.UUID
	err := tx.Raw(`update account.session set ended_at = ?, ended_by = ? where account_id = ? and id <> ? and ended_at is null returning id`,
		now, by, account, but).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("end sessions: %w", err)
	}
	return insertRevocations(tx, account, now, ids...)
}

// endSessionsIn ends the account's sessions that act for one organisation.
func endSessionsIn(tx *postgres.Tx, account, organisation uuid.UUID, by string) ([]auth.Revoked, error) {
	now := machineNow()
	var ids []uuid.UUID
	err := tx.Raw(`update account.session set ended_at = ?, ended_by = ? where account_id = ? and organisation_id = ? and ended_at is null returning id`,
		now, by, account, organisation).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("end sessions: %w", err)
	}
	return insertRevocations(tx, account, now, ids...)
}

func insertRevocations(tx *postgres.Tx, account uuid.UUID, at time.Time, sessions ...uuid.UUID) ([]auth.Revoked, error) {
	revoked := make([]auth.Revoked, 0, len(sessions))
	for _, id := range sessions {
		err := tx.Exec(`insert into account.revocation (id, account_id, session_id, at) values (?, ?, ?, ?)`,
			uuid.Must(uuid.NewV7()), account, id, at).Error
		if err != nil {
			return nil, fmt.Errorf("insert revocation: %w", err)
		}
		revoked = append(revoked, auth.Revoked{SessionID: id, At: at})
	}
	return revoked, nil
}

// insertAccountRevocation tells every process that the whole account is out, or in again.
func insertAccountRevocation(tx *postgres.Tx, account uuid.UUID, lifted bool) (auth.Revoked, error) {
	at := machineNow()
	err := tx.Exec(`insert into account.revocation (id, account_id, lifted, at) values (?, ?, ?, ?)`,
		uuid.Must(uuid.NewV7()), account, lifted, at).Error
	if err != nil {
		return auth.Revoked{}, fmt.Errorf("insert revocation: %w", err)
	}
	return auth.Revoked{AccountID: account, Lifted: lifted, At: at}, nil
}

func selectRevoked(tx *postgres.Tx, since time.Time) ([]auth.Revoked, error) {
	var rows []struct {
		AccountID uuid.UUID
		SessionID *uuid.UUID
		Lifted    bool
		At        time.Time
	}
	err := tx.Raw(`select account_id, session_id, lifted, at from account.revocation where at >= ?`, since).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("select revocations: %w", err)
	}
	list := make([]auth.Revoked, len(rows))
	for i, r := range rows {
		list[i] = auth.Revoked{AccountID: r.AccountID, Lifted: r.Lifted, At: r.At.UTC()}
		if r.SessionID != nil {
			list[i] = auth.Revoked{SessionID: *r.SessionID, At: r.At.UTC()}
		}
	}
	return list, nil
}

// How long what is over is kept: revocations for longer than any token lives, sessions and links for whoever asks what happened.
const (
	keepRevocations = 2 * auth.SeedTokenTTL
	keepSessions    = 30 * 24 * time.Hour
	keepLinks       = 7 * 24 * time.Hour
)

func deleteStale(tx *postgres.Tx, now time.Time) error {
	for _, stale := range []struct {
		query  string
		before time.Time
	}{
		{`delete from account.revocation where at < ?`, now.Add(-keepRevocations)},
		{`delete from account.session where expires_at < ?`, now.Add(-keepSessions)},
		{`delete from account.link where expires_at < ?`, now.Add(-keepLinks)},
	} {
		if err := tx.Exec(stale.query, stale.before).Error; err != nil {
			return fmt.Errorf("delete what is over: %w", err)
		}
	}
	return nil
}

// machineNow is the machine's time as the database keeps it, so that what this process adds to its own revocations is
// what it later reads.
func machineNow() time.Time { return clock.Now().Truncate(time.Microsecond) }

// optional is null for uuid.Nil.
func optional(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }
