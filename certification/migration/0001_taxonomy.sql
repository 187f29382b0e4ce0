-- +goose Up
-- The taxonomy of skill tags, and who holds which.

grant usage on schema certification to peakseat_app, peakseat_system;

create table certification.tag (
  name text primary key check (name = dimension || '/' || value),
  dimension text not null check (dimension in ('channel', 'function', 'industry', 'language', 'system')),
  value text not null check (value ~ '^[a-z0-9_]{1,40}$'),
  zh text not null,
  en text not null,
  retired boolean not null default false
);
grant select on certification.tag to peakseat_app, peakseat_system;

insert into certification.tag (dimension, value, name, zh, en)
select d, v, d || '/' || v, zh, en from (values
  ('channel', 'chat', '在线聊天', 'Chat'), ('channel', 'voice', '电话', 'Voice'), ('channel', 'email', '邮件', 'E-mail'),
  ('channel', 'social', '社交媒体', 'Social media'), ('channel', 'live_stream', '直播间', 'Live stream'),
  ('function', 'presale', '售前', 'Pre-sale'), ('function', 'aftersale', '售后', 'After-sale'), ('function', 'refund', '退款退货', 'Refunds and returns'),
  ('function', 'logistics', '物流查询', 'Shipping enquiries'), ('function', 'complaint', '投诉处理', 'Complaints'), ('function', 'review', '评价管理', 'Reviews'),
  ('function', 'outbound', '外呼回访', 'Outbound calls'), ('function', 'live_support', '直播客服', 'Live-stream support'),
  ('industry', 'apparel', '服饰鞋包', 'Apparel'), ('industry', 'beauty', '美妆个护', 'Beauty'), ('industry', 'electronics', '数码家电', 'Electronics'),
  ('industry', 'food', '食品生鲜', 'Food'), ('industry', 'baby', '母婴', 'Mother and baby'), ('industry', 'home', '家居家装', 'Home'),
  ('industry', 'sports', '运动户外', 'Sports'), ('industry', 'gifts', '礼品', 'Gifts'), ('industry', 'travel', '旅行', 'Travel'),
  ('language', 'mandarin', '普通话', 'Mandarin'), ('language', 'cantonese', '粤语', 'Cantonese'), ('language', 'english', '英语', 'English'),
  ('language', 'japanese', '日语', 'Japanese'), ('language', 'korean', '韩语', 'Korean'), ('language', 'sign', '手语', 'Sign language'),
  ('system', 'qianniu', '千牛', 'Qianniu'), ('system', 'jingmai', '京麦', 'Jingmai'), ('system', 'pdd', '拼多多商家版', 'Pinduoduo merchant'),
  ('system', 'douyin', '抖店', 'Douyin shop'), ('system', 'chatwoot', 'Chatwoot', 'Chatwoot')) as t(d, v, zh, en);

-- Agents whose tags were ever set; the version orders what is told of them.
create table certification.holder (
  agent_id uuid primary key,
  version bigint not null default 0
);

-- What each agent holds now.
create table certification.held_tag (
  agent_id uuid not null references certification.holder,
  tag text not null references certification.tag,
  level int not null check (level between 1 and 5),
  expires_at timestamptz not null,
  evidence text not null check (length(evidence) between 1 and 500),
  granted_by uuid not null,
  granted_at timestamptz not null,
  primary key (agent_id, tag)
);

-- Every grant and withdrawal as it was made. level 0: withdrawn.
create table certification.tag_grant (
  id uuid primary key,
  agent_id uuid not null,
  version bigint not null,
  tag text not null,
  level int not null check (level between 0 and 5),
  expires_at timestamptz,
  evidence text not null,
  granted_by uuid not null,
  granted_at timestamptz not null
);
create index tag_grant_agent on certification.tag_grant (agent_id, granted_at, id);
create trigger append_only before update or delete on certification.tag_grant
  for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on certification.tag_grant
  for each statement execute function platform.refuse_change();

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['holder', 'held_tag', 'tag_grant'] loop
    execute format('alter table certification.%I enable row level security', t);
    execute format('create policy own on certification.%I for select to peakseat_app using (agent_id = platform.account() or platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy operator on certification.%I to peakseat_app using (platform.role() = ''operator'') with check (platform.role() = ''operator'')', t);
    execute format('create policy everything on certification.%I to peakseat_system using (true) with check (true)', t);
  end loop;
end $$;
-- +goose StatementEnd
grant select, insert, update on certification.holder to peakseat_app, peakseat_system;
grant select, insert, update, delete on certification.held_tag to peakseat_app, peakseat_system;
grant select, insert on certification.tag_grant to peakseat_app, peakseat_system;
