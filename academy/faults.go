package academy

import (
	"maps"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// refusal is what a broken constraint means to people.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	f, known := refusals()[postgres.Constraint(err)]
	if !known {
		return err
	}
	return f.Because(err)
}

// refusals are the faults of all of the academy's constraints; each noun's file names its own.
func refusals() map[string]*fault.Fault {
	all := map[string]*fault.Fault{}
	for _, part := range []map[string]*fault.Fault{
		bankRefusals(), // a line a noun
		placementRefusals(),
		courseRefusals(),
		simulationRefusals(),
		attemptRefusals(),
		trialRefusals(),
		packRefusals(),
	} {
		maps.Copy(all, part)
	}
	return all
}
