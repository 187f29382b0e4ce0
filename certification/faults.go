package certification

import (
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The context's refusals.
var (
	ErrTemplateCode = fault.New(fault.Conflict, "template_exists",
		"已有同名代码的证书模板。", "A credential template with this code exists; add a version to it.")
	ErrTemplateRaced = fault.New(fault.Conflict, "template_changed",
		"模板刚有了新版本，请重新读取。", "The template has just got a newer version; read it again.")
	ErrRequirements = fault.New(fault.Conflict, "requirements_unmet",
		"颁发条件尚未满足。", "The requirements for this credential are not met.")
	ErrHeld = fault.New(fault.Conflict, "credential_held",
		"对方已持有这张证书。", "The agent holds this credential already.")
	ErrNotYourself = fault.New(fault.Forbidden, "not_yourself",
		"不能处理自己的证书。", "Nobody acts on a credential of their own.")
	ErrNotRenewable = fault.New(fault.Conflict, "not_renewable",
		"这张证书现在不能续期。", "This credential cannot be renewed now: it must be the same agent's and template's, not revoked or suspended, and near its end.")
	ErrRevoked = fault.New(fault.Conflict, "credential_revoked",
		"这张证书已被吊销。", "This credential is revoked.")
	ErrExpired = fault.New(fault.Conflict, "credential_expired",
		"这张证书已过期。", "This credential has expired.")
	ErrSuspended = fault.New(fault.Conflict, "credential_suspended",
		"这张证书已被暂停。", "This credential is suspended already.")
	ErrSuspendedBefore = fault.New(fault.Conflict, "suspended_before",
		"你已暂停过这张证书，再次暂停须由另一人进行。", "You have suspended this credential before; another person must decide now.")
	ErrSecondPerson = fault.New(fault.Conflict, "second_person_needed",
		"吊销须由另一人确认。", "A revocation is confirmed by another person than who asked for it.")
	ErrRequestLapsed = fault.New(fault.Conflict, "request_lapsed",
		"吊销申请已超过 72 小时，请重新申请。", "The request is older than 72 hours; ask anew.")
	ErrAppealed = fault.New(fault.Conflict, "appealed_already",
		"对这个决定已经申诉过。", "There is an appeal against this decision already.")
	ErrNothingToAppeal = fault.New(fault.Conflict, "nothing_to_appeal",
		"没有可以申诉的决定。", "There is no decision to appeal against.")
	ErrOtherPerson = fault.New(fault.Conflict, "other_person_needed",
		"申诉须由没有参与原决定的人裁定。", "An appeal is decided by somebody who had no part in the decision.")
	ErrTagExists = fault.New(fault.Conflict, "tag_exists",
		"已有这个技能标签（可能已停用）。", "There is such a tag already; it may be retired.")
	ErrTagRaced = fault.New(fault.PreconditionFailed, "tag_changed",
		"这个标签刚有了新版本，请重新读取。", "The tag has just got a newer version; read it again.")
	ErrTagGranted = fault.New(fault.Conflict, "tag_granted",
		"还有证书模板授予这个标签：先给那些模板出一个不含它的新版。", "Credential templates still grant this tag; first give them a version without it.")
	ErrDecided = fault.New(fault.Conflict, "appeal_decided",
		"这个申诉已有裁定。", "This appeal is decided.")
)

// refusal is what a broken constraint means to people.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	f, known := map[string]*fault.Fault{
		"tag_pkey":                                  ErrTagExists,
		"template_code_key":                         ErrTemplateCode,
		"template_version_pkey":                     ErrTemplateRaced,
		"credential_follows_once":                   ErrHeld,
		"suspension_credential_id_suspended_by_key": ErrSuspendedBefore,
		"revocation_pkey":                           ErrRevoked,
		"revocation_two_persons":                    ErrSecondPerson,
		"appeal_act_id_key":                         ErrAppealed,
		"standing_appeal_event_id_key":              ErrAppealed,
		"standing_appeal_decision_pkey":             ErrDecided,
		"standing_appeal_other_person":              ErrOtherPerson,
		"appeal_decision_pkey":                      ErrDecided,
		"appeal_decision_other_person":              ErrOtherPerson,
	}[postgres.Constraint(err)]
	if !known {
		return err
	}
	return f.Because(err)
}
