package main

import "strings"

// equivalent says why the program without a guard behaves as it does with it: another guard in front of it refuses the same,
// by construction. Such a mutant's survival is no gap. "" for all others.
func equivalent(m mutant) string {
	_, name, _ := strings.Cut(m.Name, " ")
	switch m.Kind {
	case widen:
		return map[string]string{
			"account.organisation owners check":       "only name and version may be updated, and neither is what the policy asks",
			"academy.attempt taking_over check":       "only device may be updated, which the policy does not ask",
			"academy.attempt taking_over using":       "its check refuses the same rows",
			"academy.enrolment own_place check":       "only the place may be updated, which the policy does not ask",
			"academy.enrolment own_place using":       "its check refuses the same rows",
			"academy.placement_answer official using": "the application has no right to read",
			"academy.placement_item official using":   "the application has no right to read",
			"academy.simulation_run own_end check":    "only ended_at may be updated, which the policy does not ask",
			"academy.simulation_run own_end using":    "its check refuses the same rows",
			"billing.hold change_own check":           "only total may be updated, which the policy does not ask",
			"billing.hold change_own using":           "its check refuses the same rows",
			"billing.hold_line change_own using":      "its check refuses the same rows",
			"billing.hold_line change_own check":      "only minutes and seats may be updated, which the policy does not ask",
			"matcher.agent_day agent check":           "the application has no right to write",
			"matcher.agent_tag agent check":           "the application has no right to write",
			"matcher.agent_week agent check":          "the application has no right to write",
			"matcher.membership agent check":          "the application has no right to write",
			"platform.parked operators check":         "it asks who acts, as its using clause does",
		}[name]
	case open:
		return map[string]string{"account.refresh_token": "the application has no right on the table"}[name]
	case narrow:
		return map[string]string{
			"academy.placement_answer official":       "the application has no right to read",
			"academy.placement_item official":         "the application has no right to read",
			"academy.simulation_reply official":       "its policy own asks for the run, which officials see",
			"academy.simulation_score official":       "its policy own asks for the run, which officials see",
			"certification.appeal_decision official":  "its policy own asks for the appeal, which officials see",
			"certification.consent official":          "its policy own asks for the credential, which officials see",
			"certification.revocation official":       "its policy own asks for the credential, which officials see",
			"certification.suspension official":       "its policy own asks for the credential, which officials see",
			"certification.suspension_end official":   "its policy own asks for the suspension, which officials see",
			"certification.template official":         "its policy own lets in whoever has a role",
			"certification.template_version official": "its policy own lets in whoever has a role",
			"matcher.attendance_event claim_read":     "claim batches have no right on the table",
		}[name]
	case exclude, trigger, check, unique, access, foreign, grant, revoke, nullable:
	}
	return ""
}
