package matcher_test

import (
	"testing"

	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// What the database refuses whoever writes it, a row each.
func TestGuardsRefuse(t *testing.T) {
	t.Parallel()
	guards().Refuses(t)
}

// Who may do what to whose rows by plain SQL, whatever a handler forgets.
func TestGuardsAdmit(t *testing.T) {
	t.Parallel()
	guards().Admits(t)
}

const (
	shopID  = `'00000000-0000-0000-0000-000000000101'`
	booked  = `'00000000-0000-0000-0000-000000000102'`
	shiftID = `'00000000-0000-0000-0000-000000000103'`
	planID  = `'00000000-0000-0000-0000-000000000104'`
	heldID  = `'00000000-0000-0000-0000-000000000105'`
	org     = `'` + guardtest.Merchant + `'`
	worker  = `'` + guardtest.Agent + `'`
)

// guards is a Wednesday evening's shift of one merchant, held by one agent.
func guards() guardtest.Schema {
	return guardtest.Schema{
		Name: "matcher", Modules: []postgres.Module{matcher.Module()},
		Fixture: `
insert into matcher.shop (id, merchant_id, name, industry, channels, time_zone, created_at)
	values (` + shopID + `, ` + org + `, '小店', 'apparel', '{chat}', 'Asia/Shanghai', '2026-11-01Z');
insert into matcher.campaign (id, name, starts_on, ends_on, multiplier, created_at)
	values (gen_random_uuid(), '双11', '2026-11-11', '2026-11-12', 12000, '2026-11-01Z');
insert into matcher.booking (id, merchant_id, shop_id, title, starts_on, ends_on, windows, state, rules_version, quote_id, created_by, created_at)
	values (` + booked + `, ` + org + `, ` + shopID + `, '双11', '2026-11-11', '2026-11-11', '[]', 'confirmed', 1, gen_random_uuid(), gen_random_uuid(), '2026-11-01Z');
insert into matcher.booking_requirement values (` + booked + `, ` + org + `, 'channel/chat', 2);
insert into matcher.core_team values (` + booked + `, ` + org + `, ` + worker + `);
insert into matcher.shift (id, booking_id, merchant_id, shop_id, starts_at, ends_at, seats, pay_per_hour, tags, levels, priority, time_zone, rules_version, state)
	values (` + shiftID + `, ` + booked + `, ` + org + `, ` + shopID + `, '2026-11-11 12:00Z', '2026-11-11 15:00Z', 2, 3000, '{channel/chat}', '{2}', 1, 'Asia/Shanghai', 1, 'open');
insert into matcher.seat (shift_id, seat_no, merchant_id, state, assignment_id) values (` + shiftID + `, 1, ` + org + `, 'held', ` + heldID + `);
insert into matcher.agent (agent_id, created_at) values (` + worker + `, '2026-11-01Z');
insert into matcher.agent_tag values (` + worker + `, 'channel/chat', 2, '2027-11-01Z');
insert into matcher.availability values (` + worker + `, '2026-11-11Z', '2026-11-12Z', true);
insert into matcher.block (merchant_id, agent_id, by, created_at) values (` + org + `, ` + worker + `, 'merchant', '2026-11-01Z'), (` + org + `, ` + worker + `, 'agent', '2026-11-01Z');
insert into matcher.membership values (` + worker + `, ` + org + `);
insert into matcher.worked values (` + org + `, ` + worker + `, 1, '2026-11-01Z');
insert into matcher.assignment (id, shift_id, seat_no, booking_id, merchant_id, agent_id, starts_at, ends_at, zone, work_day, week, minutes, pay_per_hour,
		currency, rules_version, taken_by, taken_at, near, far)
	values (` + heldID + `, ` + shiftID + `, 1, ` + booked + `, ` + org + `, ` + worker + `, '2026-11-11 12:00Z', '2026-11-11 15:00Z', 'Asia/Shanghai', '2026-11-11', '2026-11-09', 180, 3000,
		'CNY', 1, 'claim', '2026-11-01Z', '[2026-11-11 12:00Z, 2026-11-11 15:15Z)', '[2026-11-11 12:00Z, 2026-11-11 23:00Z)');
insert into matcher.agent_day values (` + worker + `, '2026-11-11', 180, 720);
insert into matcher.agent_week values (` + worker + `, '2026-11-09', 180, 3600);
insert into matcher.attendance_event (id, assignment_id, agent_id, merchant_id, kind, at) values (gen_random_uuid(), ` + heldID + `, ` + worker + `, ` + org + `, 'check_in', '2026-11-11 12:00Z');
insert into matcher.plan (id, job_id, booking_id, created_at) values (` + planID + `, gen_random_uuid(), ` + booked + `, '2026-11-01Z');
insert into matcher.offer (id, shift_id, seat_no, booking_id, merchant_id, agent_id, plan_id, starts_at, ends_at, near, made_at, expires_at)
	values (gen_random_uuid(), ` + shiftID + `, 2, ` + booked + `, ` + org + `, ` + worker + `, ` + planID + `, '2026-11-11 12:00Z', '2026-11-11 15:00Z',
		'[2026-11-11 12:00Z, 2026-11-11 15:15Z)', '2026-11-01Z', '2026-11-02Z');
insert into matcher.refill values (` + shiftID + `, 1, '2026-11-01Z');
insert into matcher.shift_moment values (` + shiftID + `, 1, ` + planID + `);
insert into matcher.plan_pick (plan_id, n, shift_id, agent_id, weight, quality) values (` + planID + `, 1, ` + shiftID + `, ` + worker + `, 1, 1);
insert into matcher.plan_part (plan_id, n, seats, agents, input) values (` + planID + `, 1, 1, 1, '');
insert into matcher.trial_path values (` + worker + `, gen_random_uuid(), 'presale', 'presale', '{channel/chat}', '{2}', '{}');
insert into matcher.trial (assignment_id, shift_id, merchant_id, agent_id, ends_at, template_id, code, card, mentor_assignment_id, mentor_id)
	values (gen_random_uuid(), ` + shiftID + `, ` + org + `, ` + worker + `, '2026-11-11 15:00Z', gen_random_uuid(), 'presale', 'presale', ` + heldID + `, gen_random_uuid());
insert into matcher.pack values (` + shopID + `, 1, ` + org + `, 1, '2026-11-02Z', '2026-11-01Z', false);
insert into matcher.pack_pass values (` + worker + `, ` + shopID + `, 1, ` + org + `, gen_random_uuid(), '2026-11-02Z');
insert into matcher.pack_release values (` + heldID + `, ` + shopID + `, ` + org + `, ` + worker + `, 1, '2026-11-11Z');
`,
		Breaks: []guardtest.Break{
			// no double booking, and rest
			{"agent_not_twice", guardtest.Copy("assignment", "id = gen_random_uuid()", "seat_no = 2")},
			{"agent_not_twice", guardtest.Copy("assignment", "id = gen_random_uuid()", "seat_no = 2", "starts_at = '2026-11-11 15:14Z'", "ends_at = '2026-11-11 15:59Z'",
				"near = '[2026-11-11 15:14Z, 2026-11-11 16:14Z)'", "far = '[2026-11-11 15:14Z, 2026-11-11 23:59Z)'")},
			{"agent_rests", guardtest.Copy("assignment", "id = gen_random_uuid()", "seat_no = 2", "starts_at = '2026-11-11 22:59Z'", "ends_at = '2026-11-11 23:59Z'",
				"work_day = '2026-11-12'", "near = '[2026-11-11 22:59Z, 2026-11-12 00:14Z)'", "far = '[2026-11-11 22:59Z, 2026-11-12 07:59Z)'")},
			{"seat_held_once", guardtest.Copy("assignment", "id = gen_random_uuid()", "agent_id = gen_random_uuid()")},
			{"agent_offered_once", guardtest.Copy("offer", "id = gen_random_uuid()", "shift_id = gen_random_uuid()")},
			{"seat_offered_once", guardtest.Copy("offer", "id = gen_random_uuid()", "agent_id = gen_random_uuid()")},
			{"agent_asked_once", guardtest.Copy("offer", "id = gen_random_uuid()", "state = 'refused'", "ended_at = made_at", "seat_no = 3")},
			{"agent_asked_once", guardtest.Copy("offer", "id = gen_random_uuid()", "state = 'expired'", "ended_at = made_at", "seat_no = 3")},
			// hours
			{"day_cap", `update matcher.agent_day set minutes = cap + 1`},
			{"day_cap", `update matcher.agent_day set minutes = -1`},
			{"week_cap", `update matcher.agent_week set minutes = cap + 1`},
			{"week_cap", `update matcher.agent_week set minutes = -1`},
			// what rest is computed from
			{"assignment_check", `update matcher.assignment set ends_at = starts_at, near = tstzrange(starts_at, starts_at + interval '15 minutes'), far = tstzrange(starts_at, starts_at + interval '8 hours')`},
			{"assignment_check1", `update matcher.assignment set work_day = '2026-11-12'`},
			{"assignment_check1", `update matcher.assignment set zone = 'Pacific/Auckland'`},
			{"assignment_check2", `update matcher.assignment set week = '2026-11-16'`},
			{"assignment_check3", `update matcher.assignment set near = tstzrange(starts_at, ends_at + interval '14 minutes')`},
			{"assignment_check4", `update matcher.assignment set far = tstzrange(starts_at, ends_at + interval '7 hours')`},
			{"assignment_minutes_check", `update matcher.assignment set minutes = 0`},
			{"assignment_state_check", `update matcher.assignment set state = 'gone'`},
			{"assignment_taken_by_check", `update matcher.assignment set taken_by = 'force'`},
			// seats
			{"seat_check", `update matcher.seat set assignment_id = null`},
			{"seat_check", `update matcher.seat set state = 'open'`},
			{"seat_check1", `update matcher.seat set state = 'offered', assignment_id = null`},
			{"seat_check1", `update matcher.seat set offer_id = gen_random_uuid()`},
			{"seat_kind_check", `update matcher.seat set kind = 'spare'`},
			{"seat_trial_not_offered", `update matcher.seat set kind = 'trial', state = 'offered', assignment_id = null, offer_id = gen_random_uuid()`},
			{"seat_seat_no_check", `update matcher.seat set seat_no = 0`},
			{"seat_state_check", `update matcher.seat set state = 'gone', assignment_id = null`},
			// shifts
			{"shift_check", `update matcher.shift set ends_at = starts_at`},
			{"shift_check", `update matcher.shift set ends_at = starts_at + interval '24 hours 1 minute'`},
			{"shift_check1", `update matcher.shift set levels = '{2,2}'`},
			{"shift_check2", `update matcher.shift set pay_per_hour = null`},
			{"shift_pay_per_hour_check", `update matcher.shift set pay_per_hour = 0`},
			{"shift_priority_check", `update matcher.shift set priority = 4`},
			{"shift_priority_check", `update matcher.shift set priority = 0`},
			{"shift_seats_check", `update matcher.shift set seats = 5001`},
			{"shift_seats_check", `update matcher.shift set seats = -1`},
			{"shift_state_check", `update matcher.shift set state = 'gone'`},
			{"shift_moment_passed_check", `update matcher.shift_moment set passed = 0`},
			// offers
			{"offer_check", `update matcher.offer set ends_at = starts_at, near = tstzrange(starts_at, starts_at + interval '15 minutes')`},
			{"offer_check1", `update matcher.offer set near = tstzrange(starts_at, ends_at)`},
			{"offer_check2", `update matcher.offer set expires_at = made_at`},
			{"offer_check3", `update matcher.offer set ended_at = made_at`},
			{"offer_check3", `update matcher.offer set state = 'refused'`},
			{"offer_check4", `update matcher.offer set state = 'accepted', ended_at = made_at`},
			{"offer_check4", `update matcher.offer set assignment_id = gen_random_uuid()`},
			{"offer_state_check", `update matcher.offer set state = 'gone', ended_at = made_at`},
			// bookings
			{"booking_check", `update matcher.booking set ends_on = starts_on - 1`},
			{"booking_check1", `update matcher.booking set quote_id = null`},
			{"booking_check1", `update matcher.booking set state = 'draft'`},
			{"booking_priority_check", `update matcher.booking set priority = 4`},
			{"booking_state_check", `update matcher.booking set state = 'gone'`},
			{"booking_title_check", `update matcher.booking set title = ''`},
			{"booking_title_check", `update matcher.booking set title = repeat('x', 121)`},
			{"booking_requirement_level_check", `update matcher.booking_requirement set level = 6`},
			{"campaign_check", `update matcher.campaign set ends_on = starts_on - 1`},
			{"campaign_multiplier_check", `update matcher.campaign set multiplier = 999`},
			{"campaign_multiplier_check", `update matcher.campaign set multiplier = 100001`},
			{"campaign_name_check", `update matcher.campaign set name = ''`},
			{"shop_channels_check", `update matcher.shop set channels = '{}'`},
			{"shop_name_check", `update matcher.shop set name = ''`},
			// agents
			{"agent_least_pay_check", `update matcher.agent set least_pay = -1`},
			{"agent_blocks_a_day_check", `update matcher.agent set blocks_a_day = 0`},
			{"agent_blocks_a_day_check", `update matcher.agent set blocks_a_day = 5`},
			{"agent_longest_shift_minutes_check", `update matcher.agent set longest_shift_minutes = 1441`},
			{"agent_max_day_minutes_check", `update matcher.agent set max_day_minutes = 1441`},
			{"agent_max_week_minutes_check", `update matcher.agent set max_week_minutes = 10081`},
			{"agent_rating_check", `update matcher.agent set rating = 501`},
			{"agent_tag_level_check", `update matcher.agent_tag set level = 0`},
			{"attendance_event_by_check", guardtest.Copy("attendance_event", "id = gen_random_uuid()", "by = 'merchant'")},
			{"attendance_event_kind_check", guardtest.Copy("attendance_event", "id = gen_random_uuid()", "kind = 'nap'")},
			{"availability_check", `update matcher.availability set ends_at = starts_at`},
			{"block_by_check", `update matcher.block set by = 'operator' where by = 'agent'`},
			{"worked_shifts_check", `update matcher.worked set shifts = 0`},
			// trials
			{"trial_mentor_is_another", `update matcher.trial set mentor_id = agent_id`},
			{"trial_mentor_works", `update matcher.trial set mentor_id = null`},
			{"trial_mentor_works", `update matcher.trial set mentor_assignment_id = null`},
			{"trial_mentor_once", guardtest.Copy("trial", "assignment_id = gen_random_uuid()")},
			{"trial_path_levels", `update matcher.trial_path set levels = '{2,2}'`},
			// brand packs
			{"pack_version_check", guardtest.Copy("pack", "version = 0", "quiz_version = 0")},
			{"pack_quiz_of_a_version", guardtest.Copy("pack", "version = 2", "quiz_version = 3")},
			{"pack_quiz_of_a_version", guardtest.Copy("pack", "version = 2", "quiz_version = -1")},
			{"pack_since_publication", guardtest.Copy("pack", "version = 2", "since = published_at - interval '1 second'")},
			{"pack_pass_version_check", guardtest.Copy("pack_pass", "version = 0")},
			{"pack_release_version_check", guardtest.Copy("pack_release", "assignment_id = gen_random_uuid()", "version = 0")},
			// plans
			{"plan_parts_check", `update matcher.plan set parts = 1`},
			{"plan_check1", `update matcher.plan set solved = -1`},
			{"plan_check1", `update matcher.plan set parts = 2, solved = 3`},
			{"plan_part_n_check", `update matcher.plan_part set n = 0`},
			{"plan_part_check", `update matcher.plan_part set input = null`},
			{"plan_check", `update matcher.plan set booking_id = null`},
			{"plan_check", `update matcher.plan set campaign_id = gen_random_uuid()`},
			{"plan_check", `update matcher.plan set booking_id = null, from_at = created_at`},
			{"plan_state_check", `update matcher.plan set state = 'gone'`},
			{"plan_step_check", `update matcher.plan set step = 'gone'`},
			{"plan_pick_outcome_check", `update matcher.plan_pick set outcome = 'gone'`},
			{"refill_seat_no_check", `update matcher.refill set seat_no = -1`},
		},
		References: []string{
			"agent_tag.agent_id", "assignment.agent_id", "assignment.shift_id", "attendance_event.assignment_id", "availability.agent_id", "booking.campaign_id",
			"booking.shop_id", "booking_requirement.booking_id", "core_team.booking_id", "offer.agent_id", "offer.plan_id", "offer.shift_id", "plan_part.plan_id", "plan_pick.plan_id",
			"pack.shop_id", "pack_pass.agent_id", "pack_pass.shop_id", "pack_release.assignment_id", "refill.shift_id", "seat.shift_id", "shift.booking_id", "shift.shop_id", "shift_moment.plan_id", "shift_moment.shift_id",
			"trial.assignment_id", "trial.mentor_assignment_id", "trial_path.agent_id",
		},
		AppendOnly:  []string{"attendance_event", "pack_release"},
		Undeletable: []string{"pack"},
		Effects: []guardtest.Effect{
			{Trigger: "shop.keeps_zone", Refused: "shop_zone_of_its_bookings", SQL: `update matcher.shop set time_zone = 'Asia/Tokyo'`},
			{Trigger: "shop.keeps_zone", SQL: `delete from matcher.booking; update matcher.shop set time_zone = 'Asia/Tokyo'`, Then: `(select time_zone = 'Asia/Tokyo' from matcher.shop)`},
			{
				Trigger: "assignment.in_its_seat", Refused: "trial_in_its_seat",
				SQL: guardtest.Copy("assignment", "id = gen_random_uuid()", "shift_id = gen_random_uuid()", "agent_id = gen_random_uuid()", "trial = true"),
			},
			{
				Trigger: "seat.in_its_seat", Refused: "trial_in_its_seat",
				SQL: `insert into matcher.seat (shift_id, seat_no, merchant_id, kind) values (` + shiftID + `, 9, ` + org + `, 'trial');
					update matcher.seat set state = 'held', assignment_id = gen_random_uuid() where seat_no = 9`,
			},
			{
				Trigger: "assignment.trial_follows", Then: `(select not live from matcher.trial)`,
				SQL: `update matcher.trial set assignment_id = ` + heldID + `; update matcher.assignment set trial = true; update matcher.assignment set state = 'withdrawn'`,
			},
		},
		Nullable: []string{
			"agent.last_worked_at", "agent.weekly", "assignment.checked_in_at", "assignment.checked_out_at", "assignment.ended_at", "assignment.paid_minutes",
			"booking.campaign_id", "booking.confirmed_at", "booking.price_book", "booking.quote_id", "offer.assignment_id", "offer.ended_at", "offer.plan_id",
			"plan.agents", "plan.asked_by", "plan.booking_id", "plan.campaign_id", "plan.error", "plan.filled", "plan.finished_at", "plan.from_at",
			"plan.offer_quality", "plan.offer_weight", "plan.offers", "plan.quality", "plan.seats", "plan.solve_ms", "plan.to_at", "plan.weight",
			"plan.moved", "plan.parts", "plan_part.input", "plan_part.quality", "plan_part.result", "plan_part.solve_ms", "plan_part.weight",
			"plan_pick.outcome", "seat.assignment_id", "seat.offer_id", "shift.campaign_id", "shift.pay_per_hour", "shift_moment.plan_id",
			"trial.mentor_assignment_id", "trial.mentor_id",
		},
	}
}
