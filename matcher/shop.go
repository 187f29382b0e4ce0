package matcher

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// Shop is a merchant's storefront.
type Shop struct {
	ID         uuid.UUID `json:"id"`
	MerchantID uuid.UUID `json:"-"`
	Name       string    `json:"name"`
	Industry   string    `json:"industry" doc:"the value of an industry tag" example:"apparel"`
	Channels   []string  `json:"channels" gorm:"-" nullable:"false"`
	TimeZone   string    `json:"time_zone" example:"Asia/Shanghai"`
	ZoneFixed  bool      `json:"zone_fixed" doc:"it has bookings, so that its time zone stays"`
	Version    int64     `json:"version"`
	CreatedAt  time.Time `json:"created_at"`
}

// ETag names the shop's version.
func (s *Shop) ETag() string { return web.ETag(s.Version) }

// ShopRequest is what a merchant says of a shop.
type ShopRequest struct {
	Name     string   `json:"name" minLength:"1" maxLength:"80"`
	Industry string   `json:"industry" minLength:"1" maxLength:"40" example:"apparel"`
	Channels []string `json:"channels" minItems:"1" maxItems:"10" nullable:"false" doc:"values of channel tags" example:"[\"chat\"]"`
	TimeZone string   `json:"time_zone,omitempty" doc:"IANA name; when absent, the one it has or Asia/Shanghai"`
}

// ErrZoneFixed refuses another time zone to a shop whose bookings are dated in the one it has.
var ErrZoneFixed = fault.ErrInvalid.At("/time_zone", "zone_fixed",
	"这家店铺已有预订，时区不能再改；请另开一家店铺。", "This shop has bookings, so its time zone stays; open another shop.")

const defaultZone = "Asia/Shanghai"

func (r *ShopRequest) check(tx *postgres.Tx, taxonomy Taxonomy) error {
	var wrong fault.Collect
	r.Name = strings.TrimSpace(r.Name)
	if r.Name == "" {
		wrong.Add("/name", "required", "请填写店铺名称。", "Say the shop's name.")
	}
	if r.TimeZone == "" {
		r.TimeZone = defaultZone
	}
	if _, err := zone(r.TimeZone); err != nil {
		wrong.Add("/time_zone", "unknown_time_zone", "没有这个时区，应为 IANA 名称，例如 Asia/Shanghai。", "No such time zone; give an IANA name such as Asia/Shanghai.")
	}
	tags := []string{"industry/" + r.Industry}
	for _, channel := range r.Channels {
		tags = append(tags, "channel/"+channel)
	}
	unknown, err := taxonomy.Unknown(tx, tags)
	if err != nil {
		return err
	}
	for _, tag := range unknown {
		if value, ok := strings.CutPrefix(tag, "industry/"); ok {
			wrong.Add("/industry", "unknown_tag", "技能分类中没有行业「"+value+"」，可选项见 GET /tags。", "The taxonomy has no industry "+value+"; GET /tags lists them.")
			continue
		}
		value, _ := strings.CutPrefix(tag, "channel/")
		wrong.Add("/channels", "unknown_tag", "技能分类中没有渠道「"+value+"」，可选项见 GET /tags。", "The taxonomy has no channel "+value+"; GET /tags lists them.")
	}
	return wrong.Err()
}

// CreateShop opens a shop for the actor's merchant.
func (s *Service) CreateShop(ctx context.Context, r ShopRequest) (shop *Shop, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := r.check(tx, s.Taxonomy); err != nil {
			return err
		}
		shop = &Shop{
			ID: newID(), MerchantID: tx.Actor.OrganisationID, Name: r.Name, Industry: r.Industry,
			Channels: r.Channels, TimeZone: r.TimeZone, Version: 1, CreatedAt: tx.Now,
		}
		return tx.Exec(`insert into matcher.shop (id, merchant_id, name, industry, channels, time_zone, created_at) values (?, ?, ?, ?, ?, ?, ?)`,
			shop.ID, shop.MerchantID, shop.Name, shop.Industry, postgres.ArrayOf(shop.Channels), shop.TimeZone, shop.CreatedAt).Error
	})
	return shop, err
}

// ChangeShop changes what a shop of the actor's merchant is called, sells and is asked through; agents read it at once. It
// returns fault.ErrNotFound, web.ErrChanged, ErrZoneFixed or fault.ErrInvalid with fields.
func (s *Service) ChangeShop(ctx context.Context, id uuid.UUID, version int64, r ShopRequest) (shop *Shop, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		shops, err := selectShops(tx, `id = ? and merchant_id = platform.organisation() for update`, id)
		switch {
		case err != nil:
			return err
		case len(shops) == 0:
			return fault.ErrNotFound
		case shops[0].Version != version:
			return web.ErrChanged
		}
		shop = &shops[0]
		if r.TimeZone == "" {
			r.TimeZone = shop.TimeZone
		}
		if err := r.check(tx, s.Taxonomy); err != nil {
			return err
		}
		shop.Name, shop.Industry, shop.Channels, shop.TimeZone = r.Name, r.Industry, r.Channels, r.TimeZone
		shop.Version++
		err = tx.Exec(`update matcher.shop set name = ?, industry = ?, channels = ?, time_zone = ?, version = ? where id = ?`,
			shop.Name, shop.Industry, postgres.ArrayOf(shop.Channels), shop.TimeZone, shop.Version, id).Error
		if postgres.Constraint(err) == "shop_zone_of_its_bookings" {
			return ErrZoneFixed.Because(err)
		}
		return err
	})
	return shop, err
}

// Shops lists the actor's merchant's shops, oldest first, after the id given.
func (s *Service) Shops(ctx context.Context, after uuid.UUID, limit int) (shops []Shop, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		shops, err = selectShops(tx, `merchant_id = platform.organisation() and id > ? order by id limit ?`, after, limit)
		return err
	})
	return shops, err
}

func selectShops(tx *postgres.Tx, where string, args ...any) ([]Shop, error) {
	var rows []struct {
		Shop
		Names string
	}
	err := tx.Raw(`select id, merchant_id, name, industry, array_to_string(channels, ',') as names, time_zone, version, created_at,
			exists (select from matcher.booking b where b.merchant_id = shop.merchant_id and b.shop_id = shop.id) as zone_fixed
		from matcher.shop where `+where, args...).Scan(&rows).Error
	shops := make([]Shop, len(rows))
	for i, row := range rows {
		shops[i] = row.Shop
		shops[i].Channels = strings.Split(row.Names, ",")
	}
	return shops, err
}

// zone loads a time zone by its IANA name; "Local" and "" are none.
func zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no time zone")
	}
	return time.LoadLocation(name)
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
