package solver

import (
	"bufio"
	"io"
	"strconv"
)

// WritePlan writes the seats as plan.csv: the header "demand_id,agent_id", then one row a filled seat.
func WritePlan(w io.Writer, seats []Seat, n *Names) error {
	out := bufio.NewWriter(w)
	row := append([]byte(nil), "demand_id,agent_id\n"...)
	for _, s := range seats {
		if _, err := out.Write(row); err != nil {
			return err
		}
		row = strconv.AppendInt(row[:0], n.Line(s.Line), 10)
		row = append(row, ',')
		row = strconv.AppendInt(row, n.Agent(s.Agent), 10)
		row = append(row, '\n')
	}
	if _, err := out.Write(row); err != nil {
		return err
	}
	return out.Flush()
}
