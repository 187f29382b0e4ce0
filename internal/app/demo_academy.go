package app

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"peakseat/academy"
	"peakseat/certification"
	"peakseat/internal/postgres"
)

//go:embed sample/course
var courseFiles embed.FS

// The demo's first credential, and what the way to it is made of; the paper is demoPaper.
const demoCredential, demoCourse, demoScenario = "base_agent", "base_course", "presale_sizes"

// teach publishes the base course, the scenarios, the first credential and the path to it.
func (d *demo) teach(ctx context.Context) error {
	trainer := d.as(ctx, demoTrainer)
	for _, step := range []func(context.Context) error{d.teachCourse, d.teachScenarios, d.teachCredential, d.teachPath} {
		if err := step(trainer); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) teachCourse(trainer context.Context) error {
	courses, err := d.Academy.Courses(trainer, uuid.Nil, 200)
	if err != nil || slices.ContainsFunc(courses, func(c academy.CourseSummary) bool { return c.Code == demoCourse }) {
		return err
	}
	content, err := sampleCourse()
	if err != nil {
		return err
	}
	d.acted = true
	return postgres.InTx(trainer, d.Pools.App, func(tx *postgres.Tx) error {
		c, err := d.Academy.CreateCourse(tx.Context(), demoCourse, content)
		if err != nil {
			return err
		}
		_, err = d.Academy.PublishCourseVersion(tx.Context(), c.VersionID)
		return err
	})
}

// sampleCourse is course.json with the lessons' texts beside it.
func sampleCourse() (content academy.CourseContent, err error) {
	raw, err := courseFiles.ReadFile("sample/course/course.json")
	if err != nil {
		return content, err
	}
	if err := json.Unmarshal(raw, &content); err != nil {
		return content, fmt.Errorf("read the sample course: %w", err)
	}
	for i := range content.Lessons {
		l := &content.Lessons[i]
		for language, body := range map[string]*string{"zh": &l.BodyZH, "en": &l.BodyEN} {
			text, err := courseFiles.ReadFile("sample/course/" + l.Key + "." + language + ".md")
			if err != nil {
				return content, err
			}
			*body = string(text)
		}
	}
	return content, nil
}

func (d *demo) teachScenarios(trainer context.Context) error {
	there, err := d.Academy.Scenarios(trainer)
	if err != nil || len(there) > 0 {
		return err
	}
	d.acted = true
	scripts, err := academy.SampleScripts()
	if err != nil {
		return err
	}
	return postgres.InTx(trainer, d.Pools.App, func(tx *postgres.Tx) error {
		for _, script := range scripts {
			if _, err := d.Academy.WriteScenario(tx.Context(), script); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *demo) teachCredential(trainer context.Context) error {
	templates, err := d.Certification.Templates(trainer)
	if err != nil || slices.ContainsFunc(templates, func(t certification.Template) bool { return t.Code == demoCredential }) {
		return err
	}
	d.acted = true
	_, err = d.Certification.AddTemplate(trainer, demoCredential, certification.TemplateTerms{
		NameZH: "云客服上岗证", NameEN: "Base agent",
		AboutZH: "会按班次接待顾客：反应快、问得清、推荐有依据、守红线。学完基础课，通过基础考试和售前模拟即可获得。",
		AboutEN: "Serves customers by the shift: quick, asks before recommending, gives reasons, keeps the red lines. Earned by the base course, the base exam and the pre-sale simulation.",
		Requirements: []certification.Prerequisite{
			{Kind: "course", Ref: demoCourse}, {Kind: "paper", Ref: demoPaper, Score: 80}, {Kind: "simulation", Ref: demoScenario, Score: 70},
		},
		RenewalRequirements: []certification.Prerequisite{{Kind: "paper", Ref: demoPaper, Score: 80}},
		Grants:              []certification.TagGrant{{Tag: "channel/chat", Level: 1}, {Tag: "function/presale", Level: 1}},
		ValidDays:           365,
	})
	return err
}

func (d *demo) teachPath(trainer context.Context) error {
	paths, err := d.Academy.Paths(trainer)
	if err != nil || len(paths) > 0 {
		return err
	}
	d.acted = true
	_, err = d.Academy.SetPath(trainer, demoCredential, academy.PathTerms{
		NameZH: "从零到上岗", NameEN: "From newcomer to the first seat",
		AboutZH: "三步拿到上岗证：学基础课，考基础卷，过售前模拟。", AboutEN: "Three steps to the first credential: the base course, the base exam, the pre-sale simulation.",
		Steps: []academy.PathStep{{Kind: "course", Ref: demoCourse}, {Kind: "paper", Ref: demoPaper, Score: 80_00}, {Kind: "simulation", Ref: demoScenario, Score: 70_00}},
	})
	return err
}
