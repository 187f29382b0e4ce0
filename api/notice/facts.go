package notice

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fact"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// recipient is an account, or those of an organisation who act in one of the roles.
type recipient struct {
	account, organisation uuid.UUID
	roles                 []auth.Role
}

// draft is a notice that is not written yet.
type draft struct {
	to      recipient
	kind    Kind
	subject Subject
	figures Figures
}

// Consumers are what notices do on others' facts.
func (s *Service) Consumers() []outbox.Consumer {
	return []outbox.Consumer{{
		Name: "notice-write",
		Types: []string{
			fact.OfferMade{}.Type(), fact.OfferEnded{}.Type(), fact.SeatReleased{}.Type(), fact.AgentMissing{}.Type(),
			fact.SeatsCancelled{}.Type(), fact.PlanFinished{}.Type(),
			fact.TimesheetSubmitted{}.Type(), fact.TimesheetSettled{}.Type(), fact.DisputeOpened{}.Type(), fact.DisputeRuled{}.Type(),
			fact.WalletToppedUp{}.Type(),
			fact.CredentialIssued{}.Type(), fact.CredentialSuspended{}.Type(), fact.CredentialReinstated{}.Type(), fact.CredentialRevoked{}.Type(), fact.CredentialAppealDecided{}.Type(),
			fact.AttemptGraded{}.Type(),
			fact.PackQuizDue{}.Type(), fact.PackHoldersAsked{}.Type(),
			fact.CredentialExpiring{}.Type(), fact.TierChanged{}.Type(), fact.PenaltyAppealDecided{}.Type(),
			fact.IdentityChanged{}.Type(), fact.MembershipGranted{}.Type(),
		},
		Handle: s.write,
	}}
}

// write writes a notice for each who should know of the fact, once.
func (s *Service) write(tx *postgres.Tx, e outbox.Envelope) error {
	drafts, err := s.drafts(e)
	if err != nil || len(drafts) == 0 {
		return err
	}
	if err := lockPositions(tx); err != nil {
		return err
	}
	for _, d := range drafts {
		id, fresh, err := insertNotice(tx, d, e)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		written := fact.NoticeWritten{NoticeID: id.String(), Kind: string(d.kind), AccountID: text(d.to.account), OrganisationID: text(d.to.organisation)}
		if err := outbox.Append(tx, written); err != nil {
			return err
		}
	}
	return nil
}

// drafts says who should know what of a fact.
func (s *Service) drafts(e outbox.Envelope) ([]draft, error) {
	switch e.Type {
	case fact.OfferMade{}.Type():
		return from(e, func(f fact.OfferMade) []draft {
			return []draft{{agent(f.AgentID), OfferMade, Subject{OfferID: f.OfferID, ShiftID: f.ShiftID}, Figures{Until: &f.ExpiresAt}}}
		})
	case fact.OfferEnded{}.Type():
		return from(e, offerEnded)
	case fact.SeatReleased{}.Type():
		return from(e, seatReleased)
	case fact.AgentMissing{}.Type():
		return from(e, func(f fact.AgentMissing) []draft {
			subject := Subject{AssignmentID: f.AssignmentID, ShiftID: f.ShiftID, BookingID: f.BookingID, AgentID: f.AgentID}
			return []draft{
				{agent(f.AgentID), MarkedMissing, subject, Figures{}},
				{merchant(f.MerchantID, auth.Owner, auth.Booker), AgentMissing, subject, Figures{}},
			}
		})
	case fact.SeatsCancelled{}.Type():
		return from(e, func(f fact.SeatsCancelled) []draft {
			return []draft{{
				merchant(f.MerchantID, auth.Owner, auth.Booker, auth.Finance), SeatsCancelled,
				Subject{BookingID: f.BookingID, ShiftID: f.ShiftID},
				Figures{Seats: &f.Seats},
			}}
		})
	case fact.PlanFinished{}.Type():
		return from(e, func(f fact.PlanFinished) []draft {
			return []draft{{s.operators(), PlanFinished, Subject{PlanID: f.PlanID}, Figures{Seats: &f.Seats, Filled: &f.Filled, Offers: &f.Offers}}}
		})
	case fact.TimesheetSubmitted{}.Type():
		return from(e, func(f fact.TimesheetSubmitted) []draft {
			return []draft{{
				merchant(f.MerchantID, auth.Owner, auth.Finance), TimesheetSubmitted,
				Subject{TimesheetID: f.TimesheetID, AssignmentID: f.AssignmentID, AgentID: f.AgentID},
				Figures{Minutes: &f.Minutes},
			}}
		})
	case fact.TimesheetSettled{}.Type():
		return from(e, timesheetSettled)
	case fact.DisputeOpened{}.Type():
		return from(e, s.disputeOpened)
	case fact.DisputeRuled{}.Type():
		return from(e, disputeRuled)
	case fact.WalletToppedUp{}.Type():
		return from(e, func(f fact.WalletToppedUp) []draft {
			return []draft{{
				merchant(f.MerchantID, auth.Owner, auth.Finance), WalletToppedUp,
				Subject{TopUpID: f.TopUpID},
				Figures{Amount: &money.Money{Amount: f.Amount, Currency: f.Currency}},
			}}
		})
	case fact.CredentialIssued{}.Type():
		return from(e, func(f fact.CredentialIssued) []draft {
			return []draft{{agent(f.AgentID), BadgeIssued, Subject{CredentialID: f.CredentialID}, Figures{Until: &f.ValidUntil}}}
		})
	case fact.CredentialExpiring{}.Type():
		return from(e, func(f fact.CredentialExpiring) []draft {
			return []draft{{agent(f.AgentID), BadgeExpiring, Subject{CredentialID: f.CredentialID}, Figures{Until: &f.ValidUntil}}}
		})
	case fact.CredentialSuspended{}.Type():
		return from(e, func(f fact.CredentialSuspended) []draft {
			return []draft{{agent(f.AgentID), BadgeSuspended, Subject{CredentialID: f.CredentialID}, Figures{Until: &f.Until}}}
		})
	case fact.CredentialReinstated{}.Type():
		return from(e, func(f fact.CredentialReinstated) []draft {
			return []draft{{agent(f.AgentID), BadgeReinstated, Subject{CredentialID: f.CredentialID}, Figures{}}}
		})
	case fact.CredentialRevoked{}.Type():
		return from(e, func(f fact.CredentialRevoked) []draft {
			return []draft{{agent(f.AgentID), BadgeRevoked, Subject{CredentialID: f.CredentialID}, Figures{}}}
		})
	case fact.TierChanged{}.Type():
		return from(e, func(f fact.TierChanged) []draft {
			tiers, kind := []string{"bronze", "silver", "gold", "diamond"}, TierLost
			if slices.Index(tiers, f.Tier) > slices.Index(tiers, f.From) {
				kind = TierReached
			}
			return []draft{{agent(f.AgentID), kind, Subject{}, Figures{}}}
		})
	case fact.PenaltyAppealDecided{}.Type():
		return from(e, func(f fact.PenaltyAppealDecided) []draft {
			kind := AppealRefused
			if f.Upheld {
				kind = AppealUpheld
			}
			return []draft{{agent(f.AgentID), kind, Subject{AssignmentID: f.SubjectID}, Figures{}}}
		})
	case fact.CredentialAppealDecided{}.Type():
		return from(e, func(f fact.CredentialAppealDecided) []draft {
			kind := AppealRefused
			if f.Upheld {
				kind = AppealUpheld
			}
			return []draft{{agent(f.AgentID), kind, Subject{CredentialID: f.CredentialID}, Figures{}}}
		})
	case fact.PackQuizDue{}.Type():
		return from(e, func(f fact.PackQuizDue) []draft {
			return []draft{{agent(f.AgentID), PackQuizDue, Subject{ShopID: f.ShopID}, Figures{Until: &f.Until, Seats: &f.Seats, Version: &f.Version}}}
		})
	case fact.PackHoldersAsked{}.Type():
		return from(e, func(f fact.PackHoldersAsked) []draft {
			return []draft{{merchant(f.MerchantID, auth.Owner, auth.Booker), PackHoldersAsked, Subject{ShopID: f.ShopID}, Figures{Agents: &f.Agents, Version: &f.Version}}}
		})
	case fact.AttemptGraded{}.Type():
		return from(e, func(f fact.AttemptGraded) []draft {
			kind := ExamFailed
			if f.Passed {
				kind = ExamPassed
			}
			return []draft{{agent(f.AgentID), kind, Subject{AttemptID: f.AttemptID}, Figures{Score: &f.Score}}}
		})
	case fact.IdentityChanged{}.Type():
		return from(e, func(f fact.IdentityChanged) []draft {
			kind, known := map[string]Kind{"verified": IdentityVerified, "refused": IdentityRefused}[f.State]
			if !known {
				return nil
			}
			return []draft{{account(f.AccountID), kind, Subject{}, Figures{}}}
		})
	case fact.MembershipGranted{}.Type():
		return from(e, func(f fact.MembershipGranted) []draft {
			if f.Was == "" { // who has just come knows the role
				return nil
			}
			return []draft{{account(f.AccountID), RoleChanged, Subject{}, Figures{Role: auth.Role(f.Role)}}}
		})
	}
	return nil, fmt.Errorf("there is no notice of a %s", e.Type)
}

// offerEnded tells the agent what the agent did not do.
func offerEnded(f fact.OfferEnded) []draft {
	kind, known := map[string]Kind{"expired": OfferExpired, "withdrawn": OfferWithdrawn}[f.State]
	if !known {
		return nil
	}
	return []draft{{agent(f.AgentID), kind, Subject{OfferID: f.OfferID, ShiftID: f.ShiftID}, Figures{}}}
}

// seatReleased tells the agent what others did, and the merchant what the agent did. A disabled agent is told by being
// disabled.
func seatReleased(f fact.SeatReleased) []draft {
	subject := Subject{AssignmentID: f.AssignmentID, ShiftID: f.ShiftID, BookingID: f.BookingID}
	switch f.By {
	case "agent":
		subject.AgentID = f.AgentID
		return []draft{{merchant(f.MerchantID, auth.Owner, auth.Booker), SeatReleased, subject, Figures{}}}
	case "merchant":
		return []draft{{agent(f.AgentID), SeatCancelled, subject, Figures{}}}
	case "eligibility", "mentor":
		return []draft{{agent(f.AgentID), SeatLost, subject, Figures{}}}
	case "pack":
		return []draft{{agent(f.AgentID), PackSeatLost, subject, Figures{}}}
	}
	return nil
}

// timesheetSettled tells the agent of the money, and the merchant of what the deadline approved.
func timesheetSettled(f fact.TimesheetSettled) []draft {
	pay, tax, charge := money.Money{Amount: f.Pay, Currency: f.Currency}, money.Money{Amount: f.Tax, Currency: f.Currency}, money.Money{Amount: f.Pay + f.Commission, Currency: f.Currency}
	subject := Subject{TimesheetID: f.TimesheetID, AssignmentID: f.AssignmentID}
	list := []draft{{agent(f.AgentID), TimesheetSettled, subject, Figures{Minutes: &f.Minutes, Amount: &pay, Tax: &tax}}}
	if f.By == "deadline" {
		list = append(list, draft{merchant(f.MerchantID, auth.Owner, auth.Finance), TimesheetSettled, subject, Figures{Minutes: &f.Minutes, Charge: &charge}})
	}
	return list
}

// disputeOpened asks the other side for an answer, and operators for a ruling.
func (s *Service) disputeOpened(f fact.DisputeOpened) []draft {
	subject := Subject{DisputeID: f.DisputeID, TimesheetID: f.TimesheetID}
	figures := Figures{Minutes: &f.Minutes, Until: &f.RuleBy}
	other := agent(f.AgentID)
	if f.Kind == "objection" {
		other = merchant(f.MerchantID, auth.Owner, auth.Finance)
	}
	return []draft{{other, DisputeOpened, subject, figures}, {s.operators(), DisputeToRule, subject, figures}}
}

func disputeRuled(f fact.DisputeRuled) []draft {
	subject := Subject{DisputeID: f.DisputeID, TimesheetID: f.TimesheetID}
	figures := Figures{Minutes: &f.Minutes, MinutesToAgent: &f.MinutesToAgent}
	return []draft{{agent(f.AgentID), DisputeRuled, subject, figures}, {merchant(f.MerchantID, auth.Owner, auth.Finance), DisputeRuled, subject, figures}}
}

// from decodes a fact and drafts what to say of it. An id that is none parks the fact.
func from[T fact.Fact](e outbox.Envelope, say func(T) []draft) ([]draft, error) {
	f, err := outbox.Decode[T](e)
	if err != nil {
		return nil, err
	}
	list := say(f)
	for _, d := range list {
		if d.to.account == uuid.Nil && d.to.organisation == uuid.Nil {
			return nil, fmt.Errorf("a %s names nobody", e.Type)
		}
	}
	return list, nil
}

func (s *Service) operators() recipient {
	return recipient{organisation: s.Platform, roles: []auth.Role{auth.Operator}}
}

// agent is the recipient with the id, nobody where it is none: an agent's id is that of the account.
func agent(id string) recipient { return account(id) }

func account(id string) recipient {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return recipient{}
	}
	return recipient{account: parsed}
}

// merchant is a merchant's staff in the roles, nobody where the id is none.
func merchant(id string, roles ...auth.Role) recipient {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return recipient{}
	}
	return recipient{organisation: parsed, roles: roles}
}

func text(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}
