package billing

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peakseat/internal/postgres"
)

// selectPriceBook reads the newest version that is in force.
func selectPriceBook(tx *postgres.Tx) (PriceBook, error) {
	var rows []struct {
		Version     int
		EffectiveAt time.Time
		Body        []byte
	}
	err := tx.Raw(`select version, effective_at, body from billing.price_book where effective_at <= ? order by version desc limit 1`, tx.Now).
		Scan(&rows).Error
	if err != nil {
		return PriceBook{}, fmt.Errorf("read the price book: %w", err)
	}
	if len(rows) == 0 {
		return PriceBook{}, errors.New("no price book is in force")
	}
	book := PriceBook{Version: rows[0].Version, EffectiveAt: rows[0].EffectiveAt.UTC()}
	if err := json.Unmarshal(rows[0].Body, &book.Prices); err != nil {
		return PriceBook{}, fmt.Errorf("decode price book %d: %w", book.Version, err)
	}
	return book, nil
}

func selectNewestPriceBook(tx *postgres.Tx) (version int, err error) {
	if err := tx.Raw(`select max(version) from billing.price_book`).Scan(&version).Error; err != nil {
		return 0, fmt.Errorf("read the newest price book: %w", err)
	}
	return version, nil
}

func insertPriceBook(tx *postgres.Tx, book PriceBook) error {
	body, err := json.Marshal(book.Prices)
	if err != nil {
		return fmt.Errorf("encode the price book: %w", err)
	}
	return faultOf(tx.Exec(`insert into billing.price_book (version, effective_at, created_at, created_by, body) values (?, ?, ?, ?, ?)`,
		book.Version, book.EffectiveAt, tx.Now, nullable(tx.Actor.AccountID), string(body)).Error)
}

// selectPriceBooks reads all versions, the newest first.
func selectPriceBooks(tx *postgres.Tx) ([]PriceBookVersion, error) {
	var rows []struct {
		Version                int
		EffectiveAt, CreatedAt time.Time
		Body                   []byte
	}
	if err := tx.Raw(`select version, effective_at, created_at, body from billing.price_book order by version desc`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the price books: %w", err)
	}
	list := make([]PriceBookVersion, len(rows))
	for i, r := range rows {
		list[i] = PriceBookVersion{PriceBook: PriceBook{Version: r.Version, EffectiveAt: r.EffectiveAt.UTC()}, CreatedAt: r.CreatedAt.UTC()}
		if err := json.Unmarshal(r.Body, &list[i].Prices); err != nil {
			return nil, fmt.Errorf("decode price book %d: %w", r.Version, err)
		}
	}
	return list, nil
}
