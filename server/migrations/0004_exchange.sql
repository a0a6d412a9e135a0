-- The file exchange grows: runs of many files, events as files, what was taken and what was not.
-- Additions only; what stands here by `alter table` can be left out, since older replicas insert rows without it.

-- A file that leaves, of a run of an export (`run`) or of an event by a channel (`channel`); `origin` is that run or
-- channel, `number` the number of the run or the position of the event. By its id it is put once, also when the customer
-- has taken it meanwhile
create table outgoing_file (
    account {i64} not null,
    id {uuid} not null,
    origin_kind {text} not null,
    origin {uuid} not null,
    number {i64} not null,
    name {text} not null,
    size_bytes {i64} not null,
    hash {bytes} not null,
    created_us {i64} not null,
    taken_us {i64},
    delivered_us {i64},
    primary key (account, id)
) {strict};
create index outgoing_file_origin on outgoing_file (account, origin, name, id);
create index outgoing_file_created on outgoing_file (created_us) where origin_kind = 'channel';

-- Which of them a file in a folder is, and when it was told that nobody takes it
alter table hosted_file add column outgoing {uuid};
alter table hosted_file add column told_us {i64};
create index hosted_file_untaken on hosted_file (modified_us)
    where taken_us is null and told_us is null and outgoing is not null;

-- What the runs before made is a file each
insert into outgoing_file (account, id, origin_kind, origin, number, name, size_bytes, hash, created_us, taken_us,
    delivered_us)
    select r.account, r.id, 'run', r.id, r.number, r.name, coalesce(r.size_bytes, 0), r.hash, r.begun_us,
    (select max(h.taken_us) from hosted_file h where h.account = r.account and h.export_run = r.id),
    (select max(d.delivered_us) from export_delivery d where d.account = r.account and d.run = r.id)
    from export_run r where r.hash is not null;
update hosted_file set outgoing = export_run where export_run is not null;

-- Log-ins that were wrong, for all replicas: when all tries of a key will be back. A key is known by its hash alone
create table login_try (
    throttle {text} not null,
    key_hash {bytes} not null,
    full_at_us {i64} not null,
    primary key (throttle, key_hash)
) {strict};
create index login_try_full_at on login_try (full_at_us);

-- Until when a log-in can be used
alter table key_login add column expires_us {i64};

-- Since when an agent is silent that was told of
alter table agent add column silent_us {i64};
create index agent_seen on agent (seen_us) where seen_us is not null;
