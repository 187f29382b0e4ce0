-- +goose Up
-- The taxonomy has versions: every change of a tag is a version of the whole, kept for ever. A retired tag is not asked for or
-- granted anew; who holds it keeps it until it expires.

create table certification.taxonomy (
  one boolean primary key default true check (one),
  version int not null check (version > 0)
);
insert into certification.taxonomy (version) values (1);

-- What the levels 1 to 5 of a tag mean, in both languages: [{"zh": ..., "en": ...}, ...].
alter table certification.tag add column version int not null default 1;
alter table certification.tag add column levels jsonb not null default '[
  {"zh": "在人带领下处理常见问题", "en": "Answers usual questions with somebody at hand"},
  {"zh": "独立处理常见问题", "en": "Answers usual questions alone"},
  {"zh": "独立处理大多数问题，知道何时求助", "en": "Answers most questions alone, and knows when to ask"},
  {"zh": "处理疑难，能带新人", "en": "Handles hard cases and mentors newcomers"},
  {"zh": "能定方法、教别人", "en": "Sets the method and teaches others"}]';
alter table certification.tag add constraint tag_levels_check check (jsonb_typeof(levels) = 'array' and jsonb_array_length(levels) = 5);
alter table certification.tag add constraint tag_zh_check check (length(btrim(zh)) between 1 and 60);
alter table certification.tag add constraint tag_en_check check (length(btrim(en)) between 1 and 60);

create table certification.tag_version (
  version int not null check (version > 0),
  tag text not null references certification.tag,
  zh text not null,
  en text not null,
  levels jsonb not null,
  retired boolean not null,
  reason text not null check (length(reason) between 1 and 500),
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (tag, version)
);
insert into certification.tag_version (version, tag, zh, en, levels, retired, reason, changed_at)
select 1, name, zh, en, levels, retired, 'first taxonomy', platform.rules_now() from certification.tag;
create trigger append_only before update or delete on certification.tag_version
  for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on certification.tag_version
  for each statement execute function platform.refuse_change();

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['taxonomy', 'tag', 'tag_version'] loop
    execute format('alter table certification.%I enable row level security', t);
    execute format('create policy operator on certification.%I to peakseat_app using (platform.role() = ''operator'') with check (platform.role() = ''operator'')', t);
    execute format('create policy everything on certification.%I to peakseat_system using (true) with check (true)', t);
  end loop;
end $$;
-- +goose StatementEnd
-- The tags are nobody's secret; how often the taxonomy changed, who changed it and why is for officials.
create policy anybody on certification.tag for select to peakseat_app using (true);
create policy official on certification.taxonomy for select to peakseat_app using (platform.role() = 'trainer');
create policy official on certification.tag_version for select to peakseat_app using (platform.role() = 'trainer');

grant select, update (version) on certification.taxonomy to peakseat_app;
grant select on certification.taxonomy to peakseat_system;
grant insert, update (zh, en, levels, retired, version) on certification.tag to peakseat_app;
grant select, insert on certification.tag_version to peakseat_app;
grant select on certification.tag_version to peakseat_system;
