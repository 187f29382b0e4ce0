package matcher

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Campaign is a named peak, such as 双11 2026.
type Campaign struct {
	ID         uuid.UUID `json:"id"`
	Name       string    `json:"name"`
	StartsOn   Date      `json:"starts_on" format:"date"`
	EndsOn     Date      `json:"ends_on" format:"date"`
	Multiplier int       `json:"multiplier" doc:"of pay, per ten thousand: 15000 is one and a half"`
	Version    int64     `json:"version"`
	CreatedAt  time.Time `json:"created_at"`
}

// CampaignRequest is what an operator says of a campaign.
type CampaignRequest struct {
	Name       string `json:"name" minLength:"1" maxLength:"80"`
	StartsOn   Date   `json:"starts_on" format:"date" example:"2026-11-10"`
	EndsOn     Date   `json:"ends_on" format:"date" example:"2026-11-12"`
	Multiplier int    `json:"multiplier" minimum:"1000" maximum:"100000" doc:"of pay, per ten thousand"`
}

// CreateCampaign opens a campaign that every merchant may book in.
func (s *Service) CreateCampaign(ctx context.Context, r CampaignRequest) (campaign *Campaign, err error) {
	if r.EndsOn.Before(r.StartsOn) {
		return nil, fault.ErrInvalid.At("/ends_on", "before_start", "结束日期不能早于开始日期。", "The last day is before the first.")
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		campaign = &Campaign{ID: newID(), Name: r.Name, StartsOn: r.StartsOn, EndsOn: r.EndsOn, Multiplier: r.Multiplier, Version: 1, CreatedAt: tx.Now}
		if err := tx.Exec(`insert into matcher.campaign (id, name, starts_on, ends_on, multiplier, created_at) values (?, ?, ?, ?, ?, ?)`,
			campaign.ID, campaign.Name, campaign.StartsOn, campaign.EndsOn, campaign.Multiplier, campaign.CreatedAt).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "campaign.created", Subject: campaign.ID.String()})
	})
	return campaign, err
}

// Campaigns lists them, the newest first.
func (s *Service) Campaigns(ctx context.Context) (campaigns []Campaign, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select id, name, starts_on, ends_on, multiplier, version, created_at from matcher.campaign order by starts_on desc, id limit 200`).Scan(&campaigns).Error
	})
	return campaigns, err
}
