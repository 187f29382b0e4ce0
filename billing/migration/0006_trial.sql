-- +goose Up
-- What the platform pays: trial shifts, and the cards that mentors fill in. The merchant's money has no part in it.

-- training is a booking's: what its trials cost the platform, as a negative sum.
alter table billing.account drop constraint account_kind_check;
alter table billing.account add constraint account_kind_check
  check (kind in ('gateway', 'wallet', 'escrow', 'disputed', 'earnings', 'tax', 'commission', 'receivable', 'training'));
alter table billing.balance add constraint balance_training_not_positive check (kind <> 'training' or amount <= 0);

-- A timesheet of a trial or of a card belongs to the platform's organisation and is settled with its submission. An assignment
-- has one, and a trial another for its card.
alter table billing.timesheet add column kind text not null default 'seat' check (kind in ('seat', 'trial', 'mentoring'));
alter table billing.timesheet drop constraint timesheet_assignment_once;
create unique index timesheet_assignment_once on billing.timesheet (assignment_id, (kind = 'mentoring'));
alter table billing.timesheet drop constraint timesheet_approved_by_check;
alter table billing.timesheet add constraint timesheet_approved_by_check check (approved_by in ('approval', 'deadline', 'platform'));
alter table billing.timesheet add constraint timesheet_platform_approves check (approved_by is null or (kind = 'seat') = (approved_by <> 'platform'));

-- What the platform pays is in no quote, and has no commission.
alter table billing.settlement alter column line_id drop not null;
alter table billing.settlement drop constraint settlement_source_check;
alter table billing.settlement add constraint settlement_source_check check (source in ('escrow', 'disputed', 'extension', 'platform'));
alter table billing.settlement drop constraint settlement_reason_check;
alter table billing.settlement add constraint settlement_reason_check check (reason in ('approval', 'deadline', 'ruling', 'platform'));
alter table billing.settlement add constraint settlement_platform_pays check ((source = 'platform') = (line_id is null));
alter table billing.settlement add constraint settlement_platform_earns_nothing check (source <> 'platform' or commission = 0);
