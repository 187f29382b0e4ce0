package academy

import (
	"bytes"
	"context"
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// ImportOrder says how files become questions of a bank.
type ImportOrder struct {
	Format     exchange.Format `query:"format" required:"true" enum:"gift,moodle_xml,aiken,csv,xlsx"`
	Topic      string          `query:"topic" maxLength:"1000" doc:"of questions whose file names none"`
	Difficulty int             `query:"difficulty" minimum:"0" maximum:"5" doc:"of questions whose file says none"`
	Accept     string          `query:"accept" enum:"nothing,detail,whole" default:"nothing" doc:"the worst loss that is taken: none, a part of a question, a whole question"`
	Existing   string          `query:"existing" enum:"refuse,revise" default:"refuse" doc:"what becomes of a question whose id the bank has: an error, or the next version of it"`
	DryRun     bool            `query:"dry_run" doc:"only tell what would happen"`
}

// UploadedFile is a file as it came.
type UploadedFile struct {
	Name    string
	Content []byte
}

// ImportReport tells what became of an import, or with dry_run what would.
type ImportReport struct {
	DryRun     bool            `json:"dry_run"`
	Importable bool            `json:"importable" doc:"false: nothing is taken while the errors among the findings stand"`
	Read       int             `json:"read"`
	Added      int             `json:"added"`
	Revised    int             `json:"revised"`
	Unchanged  int             `json:"unchanged"`
	Findings   []ImportFinding `json:"findings" nullable:"false"`
}

// ImportFinding is one thing that is wrong with a file, or that is lost on the way.
type ImportFinding struct {
	File     string     `json:"file"`
	Sheet    string     `json:"sheet,omitempty"`
	Line     int        `json:"line,omitempty" doc:"of a workbook the row"`
	Column   int        `json:"column,omitempty"`
	Refuses  bool       `json:"refuses" doc:"nothing is imported because of it"`
	Code     string     `json:"code"`
	Text     string     `json:"text"`
	bilingue fault.Text // for the problem's fields
}

// ImportQuestions takes all questions of the files, or none: every finding that refuses is named by file and line, in the
// report of a dry run or as ErrImport.
func (s *Service) ImportQuestions(ctx context.Context, bank uuid.UUID, order ImportOrder, files []UploadedFile) (report *ImportReport, err error) {
	im := &importing{order: order, language: web.Language(ctx)}
	for _, f := range files {
		if err := im.read(f); err != nil {
			return nil, err
		}
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if err := lockBank(tx, bank); err != nil {
			return err
		}
		if err := im.compare(tx, bank); err != nil {
			return err
		}
		report = &ImportReport{
			DryRun: order.DryRun, Importable: !im.refused, Read: len(im.rows), Added: len(im.added), Revised: len(im.revised),
			Unchanged: im.unchanged, Findings: append([]ImportFinding{}, im.findings...),
		}
		if order.DryRun {
			return nil
		}
		if im.refused {
			return im.fault()
		}
		if err := insertQuestions(tx, bank, im.added); err != nil {
			return err
		}
		if err := insertQuestionVersions(tx, im.revised); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "questions.imported", Subject: bank.String(), Detail: map[string]any{
			"format": order.Format, "added": report.Added, "revised": report.Revised,
		}})
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// importing is one import under way.
type importing struct {
	order          ImportOrder
	language       string
	rows           []importedRow
	findings       []ImportFinding
	refused        bool
	added, revised []newQuestion
	unchanged      int
}

// importedRow is a question and the file it came in.
type importedRow struct {
	exchange.Question
	file string
}

// read takes the questions of one file.
func (im *importing) read(f UploadedFile) error {
	accept := map[string]exchange.Severity{"detail": exchange.Detail, "whole": exchange.Whole}[im.order.Accept]
	questions, found, err := exchange.Read(im.order.Format, bytes.NewReader(f.Content), accept)
	if err != nil {
		return fmt.Errorf("import %q: %w", f.Name, err)
	}
	for _, finding := range found {
		im.find(f.Name, finding.Place, finding.Severity > accept, finding.Code, fault.Text{ZH: finding.ZH, EN: finding.EN})
	}
	for _, q := range questions {
		if q.Category == "" {
			q.Category = im.order.Topic
		}
		if q.Difficulty == 0 {
			q.Difficulty = im.order.Difficulty
		}
		row := importedRow{q, f.Name}
		if q.Category == "" {
			im.object(row, "topic_missing", "这道题没有主题：请在文件中写明，或给没写主题的题定一个。", "The question has no topic: name it in the file, or give one for those that name none.")
		}
		if q.Difficulty == 0 {
			im.object(row, "difficulty_missing", "这道题没有难度：请在文件中写明（GIFT 用 [tag:difficulty:3]），或在请求中给出 difficulty。", "The question says no difficulty: write it in the file (in GIFT [tag:difficulty:3]), or give difficulty with the request.")
		}
		im.rows = append(im.rows, row)
	}
	return nil
}

// compare looks at what the bank has already.
func (im *importing) compare(tx *postgres.Tx, bank uuid.UUID) error {
	var refs []string
	for _, r := range im.rows {
		if r.ID != "" {
			refs = append(refs, r.ID)
		}
	}
	known, err := selectByRef(tx, bank, refs)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	var fresher []exchange.Question
	var from []importedRow
	for _, r := range im.rows {
		if r.ID != "" && seen[r.ID] {
			im.object(r, "id_twice", "编号“"+r.ID+"”在文件中出现了两次。", "The id "+r.ID+" is in the files twice.")
			continue
		}
		seen[r.ID] = true
		last, exists := known[r.ID]
		switch {
		case !exists:
			fresher, from = append(fresher, r.Question), append(from, r)
		case last.RetiredAt != nil:
			im.object(r, ErrQuestionRetired.Code, "编号“"+r.ID+"”的题目已停用。", "The question "+r.ID+" is retired.")
		case im.order.Existing != "revise":
			im.object(r, ErrQuestionRef.Code, "题库里已有编号“"+r.ID+"”的题目；用 existing=revise 为它添加新版本。", "The bank has the question "+r.ID+"; existing=revise makes it the next version.")
		case unchanged(last.Question, r.Question):
			im.unchanged++
		default:
			im.revised = append(im.revised, newQuestion{VersionID: newID(), QuestionID: last.ID, Version: last.Version + 1, Question: r.Question})
		}
	}
	twins, err := selectTwins(tx, bank, fresher)
	if err != nil {
		return err
	}
	for i, r := range from {
		if twins[i] {
			im.object(r, ErrQuestionSame.Code, "题库或文件中已有内容相同的题目。", "The bank, or a file, has a question that asks the same.")
			continue
		}
		im.added = append(im.added, fresh(r.Question))
	}
	return nil
}

// object refuses the import because of a question.
func (im *importing) object(r importedRow, code, zh, en string) {
	im.find(r.file, exchange.Place{Line: r.Line}, true, code, fault.Text{ZH: zh, EN: en})
}

func (im *importing) find(file string, at exchange.Place, refuses bool, code string, text fault.Text) {
	im.refused = im.refused || refuses
	if len(im.findings) >= exchange.MaxFindings { // of all files together
		return
	}
	im.findings = append(im.findings, ImportFinding{
		File: file, Sheet: at.Sheet, Line: at.Line, Column: at.Column, Refuses: refuses, Code: code, Text: text.In(im.language), bilingue: text,
	})
}

// fault is the refusal with every reason.
func (im *importing) fault() error {
	f := *ErrImport
	for _, finding := range im.findings {
		if finding.Refuses {
			f.Fields = append(f.Fields, fault.Field{Pointer: finding.File, Code: finding.Code, Line: finding.Line, Text: finding.bilingue})
		}
	}
	return &f
}

// unchanged tells whether two questions are the same wherever they stood.
func unchanged(a, b exchange.Question) bool {
	a.Line, b.Line = 0, 0
	return reflect.DeepEqual(a, b)
}

// ExportOrder says which questions of a bank become a file.
type ExportOrder struct {
	Format exchange.Format `query:"format" required:"true" enum:"gift,moodle_xml,aiken,csv,xlsx"`
	Accept string          `query:"accept" enum:"nothing,detail,whole" default:"nothing" doc:"the worst loss that is taken: none, a part of a question, a whole question"`
	QuestionFilter
}

// ExportQuestions writes the questions of a bank as a file. What the format cannot say is named as ErrExport, unless that
// loss is accepted.
func (s *Service) ExportQuestions(ctx context.Context, bank uuid.UUID, order ExportOrder) (file []byte, err error) {
	var list []BankQuestion
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := theOne(selectBanks(tx, `b.id = ?`, bank)); err != nil {
			return err
		}
		list, err = selectBankQuestions(tx, bank, order.QuestionFilter, uuid.Nil, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	questions := make([]exchange.Question, len(list))
	for i := range list {
		questions[i] = list[i].Question
	}
	accept := map[string]exchange.Severity{"detail": exchange.Detail, "whole": exchange.Whole}[order.Accept]
	var out bytes.Buffer
	found, err := exchange.Write(order.Format, &out, questions, accept)
	if err != nil {
		return nil, fmt.Errorf("export bank %s: %w", bank, err)
	}
	if found.Worst() <= accept {
		return out.Bytes(), nil
	}
	f := *ErrExport
	for _, finding := range found {
		if finding.Severity > accept {
			f.Fields = append(f.Fields, fault.Field{Pointer: list[max(finding.Place.Question, 1)-1].ID.String(), Code: finding.Code, Text: fault.Text{ZH: finding.ZH, EN: finding.EN}})
		}
	}
	return nil, &f
}
