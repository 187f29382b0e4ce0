package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"peakseat/certification"
	"peakseat/certification/badge"
	"peakseat/internal/fault"
)

// The demo's credentials that officials issue by hand; peakDuty ends soon after it was issued.
const (
	afterSaleCredential, peakDutyCredential = "aftersale_agent", "peak_duty"
	peakDutyDays                            = 14
)

// Who of the troupe has the credentials that were acted against.
const demoSuspended, demoRevoked, demoAsked = 3, 7, 11

// certify issues, at the beginning of the demo's past, what is valid, expired, suspended and revoked by now.
func (d *demo) certify(ctx context.Context) error {
	chat, aftersale := []certification.TagGrant{{Tag: "channel/chat", Level: 1}}, []certification.TagGrant{{Tag: "function/aftersale", Level: 1}}
	if err := d.offer(ctx, afterSaleCredential, certification.TemplateTerms{
		NameZH: "售后云客服证", NameEN: "After-sale agent", AboutZH: "会处理退换货、物流异常和差评：先安抚，再核实，按规则给方案。", AboutEN: "Handles returns, parcels gone astray and bad reviews: calms, checks, and offers what the rules give.",
		Requirements: []certification.Prerequisite{}, RenewalRequirements: []certification.Prerequisite{}, Grants: aftersale, ValidDays: 365,
	}); err != nil {
		return err
	}
	if err := d.offer(ctx, peakDutyCredential, certification.TemplateTerms{
		NameZH: "大促值守证", NameEN: "Peak duty", AboutZH: "听过这一场大促的交底，知道活动规则、赠品和红线。只管这一场。", AboutEN: "Was briefed for this peak: its rules, gifts and red lines. For this peak only.",
		Requirements: []certification.Prerequisite{}, RenewalRequirements: []certification.Prerequisite{}, Grants: chat, ValidDays: peakDutyDays,
	}); err != nil {
		return err
	}
	holder := d.people[demoAfterSales].AccountID
	for _, h := range []struct {
		agent      uuid.UUID
		code, seen string
	}{
		{holder, afterSaleCredential, "退换货模拟 86 分，旁听 4 个班次"},
		{holder, peakDutyCredential, "参加了交底会，小测 10 题全对"},
		{d.oneOf(demoSuspended), afterSaleCredential, "退换货模拟 81 分，旁听 2 个班次"},
		{d.oneOf(demoRevoked), afterSaleCredential, "退换货模拟 92 分，旁听 3 个班次"},
		{d.oneOf(demoAsked), afterSaleCredential, "退换货模拟 78 分，旁听 2 个班次"},
	} {
		if _, err := d.award(ctx, h.agent, h.code, h.seen); err != nil {
			return err
		}
	}
	return nil
}

// discipline brings the credentials to their states of today: one was issued for the peak that runs, one person suspended one, whose
// holder appeals, two revoked another, and one that somebody asked to revoke waits for a second person.
func (d *demo) discipline(ctx context.Context) error {
	if _, err := d.award(ctx, d.people[demoAgent].AccountID, peakDutyCredential, "参加了交底会，小测 10 题对 9 题"); err != nil {
		return err
	}
	trainer, operator := d.as(ctx, demoTrainer), d.as(ctx, demoOperator)
	suspended, err := d.award(ctx, d.oneOf(demoSuspended), afterSaleCredential, "")
	if err != nil {
		return err
	}
	if suspended != nil && suspended.State == badge.Valid {
		_, err := d.Certification.Suspend(operator, suspended.ID, certification.Grounds{Code: "misconduct", Text: "三次把顾客的地址发到群里，核实中"})
		if _, refused := fault.As(err); err != nil && !refused { // it was suspended before, and the 72 hours are over
			return err
		}
		if err == nil {
			d.acted = true
			if _, err := d.Certification.AppealAgainst(d.asAgent(ctx, suspended.AgentID), suspended.ID, "地址是顾客自己发在群里的，我只是回复了那条消息。"); err != nil {
				return err
			}
		}
	}
	if err := d.askToRevoke(ctx); err != nil {
		return err
	}
	revoked, err := d.award(ctx, d.oneOf(demoRevoked), afterSaleCredential, "")
	if err != nil || revoked == nil || revoked.State != badge.Valid {
		return err
	}
	d.acted = true
	request, err := d.Certification.RequestRevocation(trainer, revoked.ID, certification.Grounds{Code: "cheating", Text: "模拟是别人代做的，两次登录的设备和回答习惯都不一样"})
	if err != nil {
		return err
	}
	_, err = d.Certification.ConfirmRevocation(operator, request.ID)
	return err
}

// askToRevoke has the operator ask for a revocation, which a trainer may confirm.
func (d *demo) askToRevoke(ctx context.Context) error {
	waiting, err := d.Certification.RevocationRequests(d.as(ctx, demoTrainer), uuid.Nil, 1)
	if err != nil || len(waiting) > 0 {
		return err
	}
	asked, err := d.award(ctx, d.oneOf(demoAsked), afterSaleCredential, "")
	if err != nil || asked == nil || asked.State != badge.Valid {
		return err
	}
	d.acted = true
	_, err = d.Certification.RequestRevocation(d.as(ctx, demoOperator), asked.ID, certification.Grounds{Code: "evidence_wrong", Text: "旁听记录对不上：其中一个班次那天没有开"})
	return err
}

// oneOf the troupe; uuid.Nil where there is none.
func (d *demo) oneOf(n int) uuid.UUID { return d.people[troupeEmail(n)].AccountID }

// offer makes a template where there is none of that code.
func (d *demo) offer(ctx context.Context, code string, terms certification.TemplateTerms) error {
	trainer := d.as(ctx, demoTrainer)
	templates, err := d.Certification.Templates(trainer)
	if err != nil || slices.ContainsFunc(templates, func(t certification.Template) bool { return t.Code == code }) {
		return err
	}
	d.acted = true
	_, err = d.Certification.AddTemplate(trainer, code, terms)
	return err
}

// award is an agent's last credential of a code; where there is none and evidence is given, it is issued.
func (d *demo) award(ctx context.Context, agent uuid.UUID, code, evidence string) (*certification.Credential, error) {
	trainer := d.as(ctx, demoTrainer)
	if agent == uuid.Nil {
		return nil, nil //nolint:nilnil // data from before there was a troupe
	}
	held, err := d.Certification.Credentials(trainer, agent, uuid.Nil, 100)
	if err != nil {
		return nil, err
	}
	if at := slices.IndexFunc(held, func(c certification.Credential) bool { return c.Code == code }); at >= 0 {
		return &held[at], nil
	}
	if evidence == "" {
		return nil, nil //nolint:nilnil // it was not issued
	}
	templates, err := d.Certification.Templates(trainer)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(templates, func(t certification.Template) bool { return t.Code == code })
	d.acted = true
	return d.Certification.IssueCredential(trainer, certification.Issuance{AgentID: agent, TemplateID: templates[at].ID, Evidence: evidence})
}
