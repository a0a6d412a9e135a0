-- What is kept for a time goes, as each account decides; nothing goes that is held.
-- Additions only; what stands here by `alter table` has a default, since older replicas insert rows without it.

-- True while nothing of the account may go: a legal hold
alter table account add column held {bool} not null default false;

-- Up to which position of its log what is kept for a time is gone, by class of entries, or `events`. A change of the
-- account's times begins anew
create table retention_cursor (
    account {i64} not null,
    class {text} not null,
    position {i64} not null,
    primary key (account, class)
) {strict};

-- Since when nothing is left of what the office deleted but that it was there
alter table object add column erased_us {i64};
create index object_deleted on object (account, updated_us)
    where state = 'deleted' and erased_us is null and kind in ('employee', 'poi', 'work_order');
alter table task add column erased_us {i64};
create index task_deleted on task (account, updated_us) where state = 'deleted' and erased_us is null;

-- That what a person wrote or was written is erased, because somebody asked for it. `position` is how far it came,
-- `entries` how many were erased; `working_time` is true where punches go, too
create table erasure (
    account {i64} not null,
    id {uuid} not null,
    employee {uuid} not null,
    working_time {bool} not null,
    author {text} not null,
    author_id {uuid},
    position {i64} not null,
    entries {i64} not null,
    created_us {i64} not null,
    done_us {i64},
    primary key (account, id)
) {strict};
create index erasure_created on erasure (account, created_us, id);
create index erasure_open on erasure (account, created_us) where done_us is null;

-- By age, whatever they come from
create index outgoing_file_age on outgoing_file (created_us);

-- Names to log in with are found whatever account has them: `host` is empty for the first that took a name, and the id of
-- the account for others that took it after. A name says nothing of who else has it
create index login_name on login (name);
