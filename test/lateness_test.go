package test

import (
	"fmt"
	"testing"
	"time"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

// Two agents work one shift; one is marked late, appeals and is believed. From then on minutes, pay, tax, score and tier are those
// of the other, who came in time: the lateness never happened.
func TestAnUpheldAppealPaysAndScoresAsIfNobodyHadBeenLate(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	second := m.operator.Invited(t, auth.Operator)
	punctual, late := m.agent(t, 3), m.agent(t, 3)
	_, shift := m.book(t, m.merchant, m.shop, m.Now(t).AddDate(0, 0, 3), "18:00", "22:00", 2)
	held := map[*apitest.Person]string{}
	var starts time.Time
	for _, p := range []*apitest.Person{punctual, late} {
		r := p.Post(t, "/shifts/"+shift.String()+"/claims", nil).Want(t, 201)
		held[p] = r.Text("id")
		var err error
		if starts, err = time.Parse(time.RFC3339, r.Text("starts_at")); err != nil {
			t.Fatal(err)
		}
	}
	m.MoveTo(t, starts.Add(-5*time.Minute))
	punctual.Post(t, "/assignments/"+held[punctual]+"/check-in", nil).Want(t, 200)
	m.MoveTo(t, starts.Add(8*time.Minute+20*time.Second))
	late.Post(t, "/assignments/"+held[late]+"/check-in", nil).Want(t, 200)
	m.MoveTo(t, starts.Add(4*time.Hour))
	for _, p := range []*apitest.Person{punctual, late} {
		p.Post(t, "/assignments/"+held[p]+"/check-out", nil).Want(t, 200)
	}
	apitest.Until(t, "both timesheets are there", func() bool { return m.merchant.Get(t, "/timesheets").Want(t, 200).Len("items") == 2 })
	for i := range 2 {
		sheet := m.merchant.Get(t, "/timesheets").Want(t, 200).Text("items", i, "id")
		m.merchant.Post(t, "/timesheets/"+sheet+"/approval", nil).Want(t, 200)
	}
	pay := func(p *apitest.Person) [2]int {
		r := p.Get(t, "/earnings").Want(t, 200)
		return [2]int{r.Int("payable", "amount"), r.Int("withheld", "amount")}
	}
	tier := func(p *apitest.Person) string {
		r := p.Get(t, "/me/tier").Want(t, 200)
		if r.Int("shifts") != 1 {
			return ""
		}
		return fmt.Sprint(r.Text("tier"), r.At("score"))
	}
	apitest.Until(t, "both shifts count", func() bool { return tier(punctual) != "" && tier(late) != "" })
	if pay(late) == pay(punctual) || tier(late) == tier(punctual) {
		t.Fatalf("a lateness costs nothing: %v %v, %s %s", pay(late), pay(punctual), tier(late), tier(punctual))
	}

	penalty := late.Get(t, "/penalties").Want(t, 200)
	at := "/penalties/" + penalty.Text("items", 0, "id")
	if penalty.Len("items") != 1 || penalty.Text("items", 0, "kind") != "late" || penalty.Text("items", 0, "subject_id") != held[late] {
		t.Fatalf("the penalties are %s", penalty.Body)
	}
	late.Post(t, at+"/appeal", map[string]any{"reason": "the network was down until 18:08; the device's log is with the operators"}).Want(t, 201)
	second.Post(t, at+"/decision", map[string]any{"upheld": true, "reason": "the log shows the outage"}).Want(t, 200)

	apitest.Until(t, "pay, tax, score and tier are as if in time", func() bool { return pay(late) == pay(punctual) && tier(late) == tier(punctual) })
	sheet := late.Get(t, "/timesheets").Want(t, 200)
	if sheet.Int("items", 0, "settled_minutes") != 240 || sheet.Int("items", 0, "minutes") != 231 {
		t.Errorf("the timesheet says %s", sheet.Body)
	}
	if r := m.merchant.Get(t, "/disputes").Want(t, 200); r.Len("items") != 1 || r.Text("items", 0, "kind") != "objection" || r.Int("items", 0, "minutes_to_agent") != 9 || r.Text("items", 0, "ruling") == "" {
		t.Errorf("the merchant reads %s", r.Body)
	}
	m.audited(t)
}
