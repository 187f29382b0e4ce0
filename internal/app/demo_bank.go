package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/google/uuid"

	"peakseat/academy"
	"peakseat/academy/exchange"
	"peakseat/internal/postgres"
)

//go:embed sample/*.gift
var samples embed.FS

// The demo's question bank and the paper made of it; credential templates name the paper by its code.
const demoBank, demoPaper = "base", "base_exam"

// examine fills a question bank from the sample files and publishes the base exam.
func (d *demo) examine(ctx context.Context) error {
	trainer := d.as(ctx, demoTrainer)
	var papers []uuid.UUID
	if err := postgres.InTx(trainer, d.Pools.App, func(tx *postgres.Tx) error {
		return tx.Raw(`select id from academy.paper where code = ?`, demoPaper).Scan(&papers).Error
	}); err != nil || len(papers) > 0 {
		return err
	}
	d.acted = true
	return postgres.InTx(trainer, d.Pools.App, func(tx *postgres.Tx) error {
		bank, err := d.Academy.AddBank(tx.Context(), demoBank, "基础题库")
		if err != nil {
			return err
		}
		if err := d.importSamples(tx.Context(), bank.ID); err != nil {
			return err
		}
		paper, err := d.Academy.AddPaper(tx.Context(), demoPaper, academy.PaperTerms{
			NameZH: "上岗基础考试", NameEN: "Base exam", Minutes: 30, GraceSeconds: 5, PassScore: 80_00, MaxAttempts: 3, CoolDownMinutes: 24 * 60, MaxOverlap: 30,
			BankIDs: []uuid.UUID{bank.ID},
			Blueprint: []academy.Cell{
				{Topic: "售前", Difficulty: 1, Count: 3, Points: 4},
				{Topic: "售前", Difficulty: 2, Count: 3, Points: 6},
				{Topic: "售后", Difficulty: 1, Count: 3, Points: 4},
				{Topic: "售后", Difficulty: 2, Count: 3, Points: 6},
				{Topic: "平台规则", Difficulty: 1, Count: 4, Points: 4},
				{Topic: "平台规则", Difficulty: 2, Count: 4, Points: 6},
			},
		})
		if err != nil {
			return err
		}
		_, err = d.Academy.PublishPaper(tx.Context(), paper.PaperID, paper.Version)
		return err
	})
}

func (d *demo) importSamples(ctx context.Context, bank uuid.UUID) error {
	names, err := fs.Glob(samples, "sample/*.gift")
	if err != nil {
		return err
	}
	var files []academy.UploadedFile
	for _, name := range names {
		content, err := samples.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		files = append(files, academy.UploadedFile{Name: name, Content: content})
	}
	report, err := d.Academy.ImportQuestions(ctx, bank, academy.ImportOrder{Format: exchange.GIFT}, files)
	if err == nil && report.Added < 40 {
		err = errors.New("the samples have too few questions")
	}
	return err
}
