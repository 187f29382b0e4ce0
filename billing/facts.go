package billing

import (
	"fmt"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Consumers are what billing does on others' facts. One consumer handles both kinds, because both
// concern a shift's hold: the shift's end says how many assignments tell their minutes. A card comes after the trial's minutes.
// A penalty that was lifted on appeal is mostly told long after; where it comes before the minutes, it is kept for them.
func (s *Service) Consumers() []outbox.Consumer {
	return []outbox.Consumer{{
		Name:   "billing-timesheets",
		Types:  []string{fact.AssignmentFinished{}.Type(), fact.ShiftEnded{}.Type(), fact.TrialAssessed{}.Type()},
		Handle: s.onAttendance,
	}, {
		Name:   "billing-penalties",
		Types:  []string{fact.PenaltyAppealDecided{}.Type()},
		Handle: s.onPenalty,
	}}
}

func (s *Service) onAttendance(tx *postgres.Tx, e outbox.Envelope) error {
	switch e.Type {
	case fact.AssignmentFinished{}.Type():
		f, err := outbox.Decode[fact.AssignmentFinished](e)
		if err != nil {
			return err
		}
		return s.submit(tx, f)
	case fact.ShiftEnded{}.Type():
		f, err := outbox.Decode[fact.ShiftEnded](e)
		if err != nil {
			return err
		}
		return endShift(tx, f)
	case fact.TrialAssessed{}.Type():
		f, err := outbox.Decode[fact.TrialAssessed](e)
		if err != nil {
			return err
		}
		return s.payMentor(tx, f)
	}
	return fmt.Errorf("billing does nothing on a %s", e.Type)
}
