begin;
-- The ground of Campo: accounts, the three logs, what the office keeps, tasks, files, who is who.
-- One text for SQLite and PostgreSQL; see server/src/database/migrations.rs for the words in braces.
-- Every primary key begins with the account. Times are microseconds since 1970 UTC. `personal` behind a column
-- means that it can hold data about a person; a test compares these marks with the registry in
-- server/src/privacy.rs.

create table server_setting (
    name text collate "C" not null,
    value text collate "C" not null,
    primary key (name)
) ;

create table account (
    id bigint not null,
    code text collate "C" not null,
    name text collate "C" not null,
    zone text collate "C" not null,
    language text collate "C" not null,
    state text collate "C" not null,
    settings text not null,
    version bigint not null,
    created_us bigint not null,
    primary key (id),
    unique (code)
) ;

-- The row that every transaction of an account locks first
create table account_head (
    account bigint not null,
    entry bigint not null,
    event bigint not null,
    change bigint not null,
    task_number bigint not null,
    directory bigint not null,
    link bytea not null,
    primary key (account)
) ;

-- ENTRY LOG

create table entry (
    account bigint not null,
    position bigint not null,
    id uuid not null,
    hash bytea not null,
    kind text collate "C" not null,
    author text collate "C" not null,
    author_id uuid,
    installation uuid,
    session uuid,
    employee uuid,
    sequence bigint not null,
    task uuid,
    form uuid,
    corrects uuid,
    occurred_us bigint not null,
    occurred_kind text collate "C" not null,
    received_us bigint not null,
    outcome text collate "C" not null,
    reason text collate "C",
    marks bigint not null,
    files_due_us bigint,
    establishment text collate "C", -- the employer's, in whose chain a punch stands: fixed once
    primary key (account, position),
    unique (account, id)
) ;
create index entry_installation on entry (account, installation, sequence) where installation is not null;
create index entry_employee on entry (account, employee, position) where employee is not null;
create index entry_task on entry (account, task, position) where task is not null;
create index entry_form on entry (account, form, position) where form is not null;
create index entry_set_aside on entry (account, position) where outcome = 'set_aside';
-- Working time: by when it happened, by when it came, and what changes it
create index entry_punch on entry (account, employee, occurred_us)
    where kind in ('shift.start', 'shift.end', 'break.start', 'break.end');
create index entry_punch_received on entry (account, employee, received_us, occurred_us)
    where kind in ('shift.start', 'shift.end', 'break.start', 'break.end');
create index entry_punch_change on entry (account, employee, occurred_us)
    where kind in ('punch.correction', 'punch.agreement', 'period.closed', 'period.reopened');
create index entry_files_due on entry (account, files_due_us) where files_due_us is not null;

create table entry_body (
    account bigint not null,
    position bigint not null,
    salt bytea not null,
    bytes bytea not null, -- personal
    primary key (account, position)
) ;

create table entry_file (
    account bigint not null,
    position bigint not null,
    number bigint not null,
    hash bytea not null,
    size_bytes bigint not null,
    field text collate "C",
    media_type text collate "C",
    primary key (account, position, number)
) ;
create index entry_file_hash on entry_file (account, hash);

create table chain_link (
    account bigint not null,
    chain text collate "C" not null,
    number bigint not null,
    position bigint not null,
    leaf bytea not null,
    link bytea not null,
    primary key (account, chain, number)
) ;

create index chain_link_position on chain_link (account, position) where chain <> 'account';

-- The last link of the chains beside the account's own, whose last link is in account_head
create table chain_head (
    account bigint not null,
    chain text collate "C" not null,
    number bigint not null,
    link bytea not null,
    primary key (account, chain)
) ;

-- `boot` is the one that runs, when its monotonic clock began, and the last instant in it: what the instants of its next
-- entries are fixed by
create table installation_head (
    account bigint not null,
    installation uuid not null,
    sequence bigint not null,
    received_us bigint not null,
    marks bigint not null,
    boot text collate "C",
    boot_started_us bigint,
    boot_last_us bigint,
    primary key (account, installation)
) ;

-- The boots that ended, for their entries that come later
create table installation_boot (
    account bigint not null,
    installation uuid not null,
    boot text collate "C" not null,
    started_us bigint not null,
    last_us bigint not null,
    primary key (account, installation, boot)
) ;

-- EVENT LOG

create table event (
    account bigint not null,
    position bigint not null,
    id uuid not null,
    kind text collate "C" not null,
    format bigint not null,
    subject_kind text collate "C" not null,
    subject uuid not null,
    entry bigint,
    snapshot bigint not null,
    created_us bigint not null,
    primary key (account, position)
) ;
create unique index event_id on event (account, id);

create table event_snapshot (
    account bigint not null,
    snapshot bigint not null,
    body bytea not null, -- personal
    primary key (account, snapshot)
) ;

-- CHANGE FEED

create table scope (
    account bigint not null,
    scope text collate "C" not null,
    position bigint not null,
    objects bigint not null,
    digest bigint not null,
    primary key (account, scope)
) ;

create table change (
    account bigint not null,
    kind text collate "C" not null,
    id uuid not null,
    scope text collate "C" not null,
    position bigint not null,
    removed boolean not null,
    primary key (account, kind, id, scope)
) ;
create unique index change_position on change (account, scope, position);

create table change_body (
    account bigint not null,
    kind text collate "C" not null,
    id uuid not null,
    digest bigint not null,
    body bytea not null, -- personal
    primary key (account, kind, id)
) ;

-- WHAT THE OFFICE KEEPS

create table object (
    account bigint not null,
    kind text collate "C" not null,
    id uuid not null,
    code text collate "C" not null, -- personal
    name text collate "C" not null, -- personal
    sort_key text collate "C" not null, -- personal
    parent uuid,
    catalogue_table text collate "C", -- of an item of the catalogue: the customer's table that it stands in
    state text collate "C" not null,
    version bigint not null,
    body text collate "C" not null, -- personal
    creator text collate "C", -- who wrote version 1; of later ones object_version says it
    creator_id uuid,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, kind, id)
) ;
create unique index object_code on object (account, kind, code) where state <> 'deleted';
create index object_parent on object (account, kind, parent) where parent is not null;
create index object_sort on object (account, kind, sort_key, id);
create index object_table on object (account, kind, catalogue_table, sort_key, id) where catalogue_table is not null;

-- What an object was before each edit, and who edited it
create table object_version (
    account bigint not null,
    kind text collate "C" not null,
    id uuid not null,
    version bigint not null,
    body text collate "C" not null, -- personal
    author text collate "C" not null,
    author_id uuid,
    replaced_us bigint not null,
    primary key (account, kind, id, version)
) ;

-- Which objects name which, for views and for refusing to remove what is in use
create table object_link (
    account bigint not null,
    kind text collate "C" not null,
    id uuid not null,
    field text collate "C" not null,
    target_kind text collate "C" not null,
    target uuid not null,
    primary key (account, kind, id, field, target)
) ;
create index object_link_target on object_link (account, target_kind, target);

-- TASKS

-- `sort_key` is what people find a task by; what ended before `retired_us` is taken from phones
create table task (
    account bigint not null,
    id uuid not null,
    task_number bigint not null,
    external_number text collate "C",
    task_type uuid,
    poi uuid,
    work_order uuid,
    start_us bigint,
    due_us bigint,
    state text collate "C" not null,
    version bigint not null,
    fields text collate "C" not null, -- personal
    sort_key text collate "C" not null, -- personal
    files bigint not null default 0,
    retired_us bigint,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create unique index task_number on task (account, task_number) where state <> 'deleted';
create unique index task_external on task (account, external_number)
    where external_number is not null and state <> 'deleted';
create index task_due on task (account, due_us, id);
create index task_work_order on task (account, work_order) where work_order is not null;
create index task_poi on task (account, poi) where poi is not null;
create index task_task_type on task (account, task_type) where task_type is not null;

create table task_version (
    account bigint not null,
    id uuid not null,
    version bigint not null,
    fields text collate "C" not null, -- personal
    author text collate "C" not null,
    author_id uuid,
    replaced_us bigint not null,
    primary key (account, id, version)
) ;

-- Projections of the entry log: `campo rebuild` makes them again and must find no difference
-- `over_us`: since when a task is over, while phones hold it

create table task_state (
    account bigint not null,
    task uuid not null,
    status text collate "C" not null,
    attention bigint not null,
    position bigint not null,
    state text collate "C" not null,
    fold bigint not null, -- the number of the rules that made it
    over_us bigint,
    updated_us bigint not null,
    primary key (account, task)
) ;
create index task_state_over on task_state (account, over_us) where over_us is not null;
create index task_state_status on task_state (account, status, task);
create index task_state_attention on task_state (account, task) where attention > 0;

create table assignment (
    account bigint not null,
    task uuid not null,
    employee uuid not null,
    role text collate "C" not null,
    from_us bigint not null,
    until_us bigint,
    number bigint not null,
    primary key (account, task, number)
) ;
create index assignment_employee on assignment (account, employee, task);

create table message (
    account bigint not null,
    id uuid not null,
    position bigint not null,
    employee uuid not null,
    direction text collate "C" not null,
    task uuid,
    text text collate "C" not null, -- personal
    sent_us bigint not null,
    primary key (account, id)
) ;
create index message_employee on message (account, employee, position);
create index message_position on message (account, position);

create table employee_session (
    account bigint not null,
    id uuid not null,
    installation uuid not null,
    employee uuid not null,
    opened_us bigint not null,
    closed_us bigint,
    position bigint not null,
    primary key (account, installation, id)
) ;
create index employee_session_installation on employee_session (account, installation, opened_us);

-- FILES

-- `generation` is the part of the name in the store that no two uploads share; `created_us` is the last upload
create table file (
    account bigint not null,
    hash bytea not null,
    generation uuid not null,
    size_bytes bigint not null,
    media_type text collate "C" not null,
    created_us bigint not null,
    primary key (account, hash)
) ;

create table file_reference (
    account bigint not null,
    owner_kind text collate "C" not null,
    owner uuid not null,
    id uuid not null,
    hash bytea not null,
    name text collate "C" not null, -- personal
    author text collate "C" not null,
    author_id uuid,
    created_us bigint not null,
    primary key (account, owner_kind, owner, id)
) ;
create index file_reference_hash on file_reference (account, hash);

-- WHO IS WHO

-- The one table outside the accounts: log-ins that carry no account
create table login (
    host text collate "C" not null,
    name text collate "C" not null, -- personal
    account bigint not null,
    holder text collate "C" not null,
    holder_id uuid not null,
    primary key (host, name)
) ;
create index login_holder on login (account, holder, holder_id);

create table profile (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    permissions text not null,
    state text collate "C" not null,
    custom text not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create unique index profile_code on profile (account, code) where state <> 'deleted';

create table account_user (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null, -- personal
    name text collate "C" not null, -- personal
    profile uuid not null,
    password text collate "C" not null,
    language text collate "C" not null,
    state text collate "C" not null,
    custom text not null, -- personal
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create unique index account_user_code on account_user (account, code) where state <> 'deleted';
create index account_user_profile on account_user (account, profile);

create table user_session (
    account bigint not null,
    id uuid not null,
    account_user uuid not null,
    token bytea not null,
    created_us bigint not null,
    seen_us bigint not null,
    expires_us bigint not null,
    revoked_us bigint,
    primary key (account, id)
) ;
create index user_session_user on user_session (account, account_user);

create table access_key (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    permissions text not null,
    networks text not null,
    token bytea not null,
    sealed_password bytea,
    state text collate "C" not null,
    custom text not null,
    expires_us bigint,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create unique index access_key_code on access_key (account, code) where state <> 'deleted';

create table enrolment (
    account bigint not null,
    id uuid not null,
    code bytea not null,
    name text collate "C" not null, -- personal
    roster text not null,
    author text collate "C" not null,
    author_id uuid,
    created_us bigint not null,
    expires_us bigint not null,
    installation uuid,
    primary key (account, id)
) ;
create unique index enrolment_code on enrolment (code);

create table installation (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null, -- personal
    device text not null, -- personal
    token bytea not null,
    state text collate "C" not null,
    custom text not null,
    version bigint not null,
    enrolled_us bigint not null,
    revoked_us bigint,
    updated_us bigint not null,
    primary key (account, id),
    unique (account, code)
) ;

create table roster (
    account bigint not null,
    installation uuid not null,
    member_kind text collate "C" not null,
    member uuid not null,
    primary key (account, installation, member_kind, member)
) ;
create index roster_member on roster (account, member_kind, member);

-- The employees that a roster came to, its groups expanded, as it was filed last
create table roster_employee (
    account bigint not null,
    installation uuid not null,
    employee uuid not null,
    listed boolean not null,
    primary key (account, installation, employee)
) ;
create index roster_employee_listed on roster_employee (account, employee) where listed;

create table pin_verifier (
    account bigint not null,
    employee uuid not null,
    verifier text collate "C" not null,
    updated_us bigint not null,
    primary key (account, employee)
) ;

-- OPERATION

create table idempotency (
    account bigint not null,
    holder uuid not null,
    key text collate "C" not null,
    request bytea not null,
    version bigint not null,
    response bytea not null, -- personal
    created_us bigint not null,
    primary key (account, holder, key)
) ;
create index idempotency_created on idempotency (created_us);

-- Background work, claimed with a lease: a counter that its holder raises
create table job (
    account bigint not null,
    id uuid not null,
    kind text collate "C" not null,
    format bigint not null,
    body text collate "C" not null, -- personal
    principal text collate "C" not null,
    principal_id uuid,
    state text collate "C" not null,
    run_at_us bigint not null,
    attempts bigint not null,
    holder uuid,
    lease bigint not null,
    problem text collate "C",
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create index job_waiting on job (state, run_at_us);

-- Which replica does which duty of Campo itself: `counter` is raised by the holder and never goes back; whoever sees
-- it stand still for the length of a lease takes over. `done_us` and `problem` are of the last run, for people.
create table duty (
    name text collate "C" not null,
    holder uuid,
    counter bigint not null,
    done_us bigint not null,
    problem text collate "C",
    primary key (name)
) ;

-- One row that readiness writes, so that "ready" means "can commit"
create table heartbeat (
    replica uuid not null,
    beaten_us bigint not null,
    primary key (replica)
) ;

-- IMPORTS

create table import_template (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    state text collate "C" not null,
    body text collate "C" not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create unique index import_template_code on import_template (account, code) where state <> 'deleted';

-- `mapping` is the template as it was when the file came: an edit of it is for later files. `headings` is the row of
-- headings, once it was read. The id is that of the job, too.
create table import_run (
    account bigint not null,
    id uuid not null,
    template uuid not null,
    template_version bigint not null,
    mapping text collate "C" not null,
    hash bytea not null,
    file_name text collate "C" not null, -- personal
    principal text collate "C" not null,
    principal_id uuid,
    state text collate "C" not null,
    sheet text collate "C" not null,
    headings text collate "C" not null,
    read_rows bigint not null,
    created bigint not null,
    updated bigint not null,
    unchanged bigint not null,
    refused bigint not null,
    problem text collate "C",
    created_us bigint not null,
    finished_us bigint,
    primary key (account, id)
) ;
create index import_run_created on import_run (account, created_us, id);
create index import_run_file on import_run (account, hash);

-- A row of a file, staged when it was read and given its outcome when it was applied
create table import_row (
    account bigint not null,
    run uuid not null,
    number bigint not null,
    cells text collate "C" not null, -- personal
    outcome text collate "C" not null,
    faults text collate "C" not null, -- personal
    subject_kind text collate "C",
    subject uuid,
    primary key (account, run, number)
) ;
create index import_row_outcome on import_row (account, run, outcome, number);

-- SYNC

-- When a phone was last heard of, and what it said that it holds unsent
create table installation_contact (
    account bigint not null,
    installation uuid not null,
    heard_us bigint not null,
    unsent_entries bigint,
    unsent_oldest_us bigint,
    unsent_files bigint,
    read_position bigint, -- up to which change of the account everything of its view was sent
    primary key (account, installation)
) ;

-- Since when a phone has the changes of a scope up to a position, as it said itself
create table installation_held (
    account bigint not null,
    installation uuid not null,
    scope text collate "C" not null,
    position bigint not null,
    held_us bigint not null,
    primary key (account, installation, scope, position)
) ;
create index installation_held_scope on installation_held (account, scope, position);
create index installation_held_us on installation_held (held_us);

-- UPLOADS

-- A file that a phone sends part by part; the parts are in the store under the upload's id
create table upload (
    account bigint not null,
    installation uuid not null,
    hash bytea not null,
    id uuid not null,
    size_bytes bigint not null,
    received_bytes bigint not null,
    media_type text collate "C" not null,
    expires_us bigint not null,
    updated_us bigint not null,
    primary key (account, installation, hash)
) ;
create index upload_expires on upload (expires_us);

-- WAKE-UPS

-- When a phone said last that it listens for events, 0 when it stopped
create table installation_awake (
    account bigint not null,
    installation uuid not null,
    awake_us bigint not null,
    primary key (account, installation)
) ;

-- How a phone is woken. `wanted_position`: the last change that it should hear of, noticed first at `wanted_us`;
-- `woken_position`: the one that the last push was for
create table push_token (
    account bigint not null,
    installation uuid not null,
    service text collate "C" not null,
    sealed bytea not null, -- personal
    registered_us bigint not null,
    wanted_position bigint,
    wanted_us bigint,
    woken_position bigint,
    tried_us bigint,
    failures bigint not null,
    gone boolean not null default false,
    primary key (account, installation)
) ;

-- Up to which change of an account it is known whom to wake
create table push_cursor (
    account bigint not null,
    position bigint not null,
    primary key (account)
) ;

-- CHANNELS

-- A configured way out or in. `target` says where, by the kind; `sealed` holds its secrets
create table channel (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    kind text collate "C" not null,
    target text not null,
    sealed bytea not null,
    events text not null,
    format bigint not null,
    delivery_order text collate "C" not null,
    state text collate "C" not null,
    reason text collate "C",
    custom text not null,
    author text collate "C" not null,
    author_id uuid,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create unique index channel_code on channel (account, code) where state <> 'deleted';

-- Every event up to `position` is delivered, not wanted, or a row of `delivery`. `generation` rises when a person moves
-- it; holder and counter are a lease as in `duty`; `failures` in a row of all that was tried, and not before `probe_us`
-- is tried again
create table channel_cursor (
    account bigint not null,
    channel uuid not null,
    epoch uuid not null,
    position bigint not null,
    generation bigint not null,
    holder uuid,
    counter bigint not null,
    failures bigint not null,
    probe_us bigint,
    problem text collate "C",
    delivered_us bigint,
    primary key (account, channel)
) ;

-- Only what did not go well: `waiting` to be tried again (behind another one of its order key while `due_us` is null),
-- or `not_delivered`
create table delivery (
    account bigint not null,
    channel uuid not null,
    position bigint not null,
    event uuid not null,
    order_key uuid not null,
    state text collate "C" not null,
    attempts bigint not null,
    due_us bigint,
    since_us bigint not null,
    tried_us bigint,
    problem text collate "C",
    status bigint,
    answer text collate "C", -- personal
    primary key (account, channel, position)
) ;
create index delivery_due on delivery (account, channel, due_us) where state = 'waiting';
create index delivery_key on delivery (account, channel, order_key, position) where state = 'waiting';

-- The rooms of console, files, web services and phones. Additive: a replica of the release before works beside it.
-- What stands here by `alter table` has a default, since older replicas insert rows without it.

-- WHO IS WHO

-- `email_confirmed_us`: when the link in a mail to it was opened; `must_change`: the password was set by somebody else
alter table account_user add column email text collate "C"; -- personal
alter table account_user add column email_confirmed_us bigint;
alter table account_user add column must_change boolean not null default false;
alter table account_user add column totp_sealed bytea;
alter table account_user add column totp_last_step bigint;

-- `kind`: `bearer` (a token that a program holds) or `cookie` (a browser)
alter table user_session add column kind text collate "C" not null default 'bearer';
alter table user_session add column address text collate "C"; -- personal
alter table user_session add column agent_text text collate "C"; -- personal

create table recovery_code (
    account bigint not null,
    account_user uuid not null,
    hash bytea not null,
    used_us bigint,
    primary key (account, account_user, hash)
) ;

-- The profile that an account was made with holds every permission, those of later releases too
update profile set permissions = replace(permissions, '["', '["*","')
    where code = 'administrator' and state <> 'deleted' and permissions like '%"manage_users"%';

-- NOTICES, ACTS, LIVE

-- What a person or an owner must be told. One that repeats (the same `kind` and `subject`, open) is counted in one row
create table notice (
    account bigint not null,
    id uuid not null,
    kind text collate "C" not null,
    subject_kind text collate "C",
    subject uuid,
    cause text collate "C" not null,
    detail text not null, -- personal
    permission text collate "C" not null,
    times bigint not null,
    first_us bigint not null,
    last_us bigint not null,
    done_us bigint,
    done_by uuid,
    mailed_us bigint,
    primary key (account, id)
) ;
create unique index notice_open on notice (account, cause) where done_us is null;
create index notice_last on notice (account, last_us, id);

-- What one person did to many things at once, and can be taken back. `permission` is the one of the act, which undoing
-- it needs; `undoes` is the act that an act takes back
create table act (
    account bigint not null,
    id uuid not null,
    kind text collate "C" not null,
    permission text collate "C" not null,
    author text collate "C" not null,
    author_id uuid,
    detail text not null, -- personal
    undoes uuid,
    effects bigint not null,
    position bigint not null, -- of the entry log when it was done: what stands behind followed
    created_us bigint not null,
    undo_until_us bigint,
    undone_us bigint,
    undone_by uuid,
    primary key (account, id)
) ;
create index act_created on act (account, created_us, id);

-- One thing that an act changed. `before` is what undoing restores
create table act_effect (
    account bigint not null,
    act uuid not null,
    number bigint not null,
    subject_kind text collate "C" not null,
    subject uuid not null,
    effect text collate "C" not null,
    version_before bigint,
    version_after bigint not null,
    before text collate "C", -- personal
    primary key (account, act, number)
) ;
create index act_effect_subject on act_effect (account, subject_kind, subject);

-- What became of taking back one effect: `undone`, or why it stays
create table act_outcome (
    account bigint not null,
    act uuid not null,
    number bigint not null,
    outcome text collate "C" not null,
    primary key (account, act, number)
) ;

-- A counter for each topic that consoles listen to; raised in the transaction that changes what the topic is about
create table live_topic (
    account bigint not null,
    topic text collate "C" not null,
    counter bigint not null,
    primary key (account, topic)
) ;

-- LISTS FOR SCREENS

-- What lists filter and sort by, made of the office part. `begins_us` and `ends_us` are the planned time: where only one
-- of start and due is told it is both, and without any both are the last instant, so that such tasks come last.
-- `priority` is its number, from 0 for none. `listed_version` is the version of which they were made: an older
-- replica's edit leaves it behind, and a duty makes them again
alter table task add column begins_us bigint not null default 9223372036854775807;
alter table task add column ends_us bigint not null default 9223372036854775807;
alter table task add column priority bigint not null default 0;
alter table task add column latitude double precision;
alter table task add column longitude double precision;
alter table task add column listed_version bigint not null default 0;
create index task_begins on task (account, begins_us, id) where state <> 'deleted';
create index task_ends on task (account, ends_us, id) where state <> 'deleted';
create index task_priority on task (account, priority, id) where state <> 'deleted';
create index task_latitude on task (account, latitude) where latitude is not null;
create index task_unlisted on task (account, id) where listed_version <> version;

-- Where a point of interest is, for tasks that have no point of their own
alter table object add column latitude double precision;
alter table object add column longitude double precision;
alter table object add column listed_version bigint not null default 0;
create index object_unlisted on object (account, id) where kind = 'poi' and listed_version <> version;
create index object_latitude on object (account, kind, latitude) where latitude is not null;

-- What is there already, once
-- sqlite:update task set priority = case fields ->> '$.priority' when 'lowest' then 1 when 'low' then 2
-- sqlite:when 'normal' then 3 when 'high' then 4 when 'highest' then 5 when 'urgent' then 6 else 0 end,
-- sqlite:latitude = cast(fields ->> '$.location.latitude' as real),
-- sqlite:longitude = cast(fields ->> '$.location.longitude' as real),
update task set priority = case fields::json ->> 'priority' when 'lowest' then 1 when 'low' then 2
when 'normal' then 3 when 'high' then 4 when 'highest' then 5 when 'urgent' then 6 else 0 end,
latitude = cast(fields::json -> 'location' ->> 'latitude' as double precision),
longitude = cast(fields::json -> 'location' ->> 'longitude' as double precision),
begins_us = coalesce(start_us, due_us, begins_us), ends_us = coalesce(due_us, start_us, ends_us),
listed_version = version;
update object set
-- sqlite:latitude = cast(body ->> '$.place.latitude' as real), longitude = cast(body ->> '$.place.longitude' as real),
latitude = cast(body::json -> 'place' ->> 'latitude' as double precision),
longitude = cast(body::json -> 'place' ->> 'longitude' as double precision),
listed_version = version where kind = 'poi';

-- Plans that follow statistics of yesterday read whole accounts: without them each statement has one
-- sqlite:drop table if exists sqlite_stat1;
-- sqlite:drop table if exists sqlite_stat4;

-- WORKING TIME

-- Corrections and closings by when they came: clocks of phones may be years off
create index entry_punch_change_received on entry (account, employee, received_us)
    where kind in ('punch.correction', 'punch.agreement', 'period.closed', 'period.reopened');

-- JOBS

-- Jobs of one lane are done in order, lanes side by side
alter table job add column lane text collate "C" not null default 'import';

-- WEB SERVICES

-- `token_rule`: whether web services take a token of WS-Security of this key: `allowed`, `required` or `off`
alter table access_key add column token_rule text collate "C" not null default 'allowed';

-- The tokens of WS-Security that were used lately, each once: SHA-256 of nonce and instant
create table nonce (
    account bigint not null,
    key uuid not null,
    hash bytea not null,
    used_us bigint not null,
    primary key (account, key, hash)
) ;
create index nonce_used on nonce (used_us);

-- What customers' systems called, for 30 days. `words` is what a call is searched by
create table call (
    account bigint not null,
    id uuid not null,
    key uuid not null,
    at_us bigint not null,
    method text collate "C" not null,
    path text collate "C" not null, -- personal
    address text collate "C", -- personal
    status bigint not null,
    code text collate "C",
    took_us bigint not null,
    request_id text collate "C",
    request text collate "C", -- personal
    answer text collate "C", -- personal
    words text collate "C" not null, -- personal
    primary key (account, id)
) ;
create index call_at on call (account, at_us, id);
create index call_old on call (at_us);

-- IMPORTS

-- Rows of the table that are no data: repeated headings, totals
alter table import_run add column skipped bigint not null default 0;
-- The preview of a draft: what it did was rolled back
alter table import_run add column dry_run boolean not null default false;
-- What the row changed, field by field, old beside new
alter table import_row add column changes text collate "C"; -- personal

-- A file that was uploaded to be imported, on the way to it: `parts` are where its parts begin, `mapping` is a template
-- without a name, `analysis` what was found out of the file, `trial` the run that previews `trial_version`
create table import_draft (
    account bigint not null,
    id uuid not null,
    version bigint not null,
    state text collate "C" not null,
    file_name text collate "C" not null, -- personal
    size_bytes bigint not null,
    received_bytes bigint not null,
    parts text collate "C" not null default '',
    hash bytea,
    mapping text collate "C" not null,
    template uuid,
    template_version bigint,
    analysis text collate "C", -- personal
    problem text collate "C",
    run uuid,
    trial uuid,
    trial_version bigint,
    author text collate "C" not null,
    author_id uuid,
    created_us bigint not null,
    updated_us bigint not null,
    expires_us bigint not null,
    primary key (account, id)
) ;
create index import_draft_created on import_draft (account, created_us, id);
create index import_draft_expires on import_draft (expires_us);

-- FILE EXCHANGE

-- A name under which a customer's system logs in to exchange files. `purposes` is a list of `ftp` and `sftp`; one with
-- `plain_ftp` opens nothing else. `password` is hashed (Argon2id)
create table key_login (
    account bigint not null,
    id uuid not null,
    key uuid not null,
    purposes text not null,
    plain_ftp boolean not null,
    networks text not null,
    password text collate "C",
    state text collate "C" not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    used_us bigint,
    used_from text collate "C", -- personal
    primary key (account, id)
) ;
create index key_login_key on key_login (account, key);

create table key_ssh_key (
    account bigint not null,
    login uuid not null,
    id uuid not null,
    fingerprint text collate "C" not null,
    public_key text collate "C" not null,
    comment text collate "C" not null, -- personal
    created_us bigint not null,
    primary key (account, login, id)
) ;
create unique index key_ssh_key_fingerprint on key_ssh_key (account, login, fingerprint);

-- A folder and a pattern of file names, and the template by which what comes there is imported. `permissions` are those
-- that its files are imported with, fixed when it was saved
create table intake (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    folder text collate "C" not null,
    template uuid not null,
    body text not null,
    permissions text not null,
    author text collate "C" not null,
    author_id uuid,
    state text collate "C" not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create index intake_code on intake (account, code);

-- A file that came by some way. Its identity is the arrival and never the hash; without `intake` it fits none
create table received_file (
    account bigint not null,
    id uuid not null,
    intake uuid,
    way text collate "C" not null,
    way_id uuid not null,
    arrival text collate "C" not null,
    folder text collate "C" not null, -- personal
    name text collate "C" not null, -- personal
    size_bytes bigint not null,
    hash bytea not null,
    state text collate "C" not null,
    run uuid,
    problem text collate "C",
    ready_us bigint not null,
    received_us bigint not null,
    finished_us bigint,
    primary key (account, id)
) ;
create unique index received_file_arrival on received_file (account, way, arrival);
create index received_file_intake on received_file (account, intake, received_us, id);
create index received_file_received on received_file (account, received_us, id);
create index received_file_open on received_file (account, state) where state in ('waiting', 'importing');

-- What a key sees in its folders. `kind` is `file` or `folder`
create table hosted_file (
    account bigint not null,
    key uuid not null,
    folder text collate "C" not null, -- personal
    name text collate "C" not null, -- personal
    id uuid not null,
    kind text collate "C" not null,
    size_bytes bigint not null,
    hash bytea,
    received uuid,
    export_run uuid,
    taken_us bigint,
    modified_us bigint not null,
    primary key (account, key, folder, name)
) ;
create unique index hosted_file_id on hosted_file (account, id);

-- An upload that is not whole; its parts lie in the store of files under `id`
create table hosted_part (
    account bigint not null,
    key uuid not null,
    folder text collate "C" not null, -- personal
    name text collate "C" not null, -- personal
    id uuid not null,
    received_bytes bigint not null,
    updated_us bigint not null,
    primary key (account, key, folder, name)
) ;
create index hosted_part_updated on hosted_part (updated_us);

create table export (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    body text not null,
    author text collate "C" not null,
    author_id uuid,
    state text collate "C" not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create index export_code on export (account, code);

-- Up to where in the log of events the runs of an export have taken, and when it runs next by itself
create table export_cursor (
    account bigint not null,
    export uuid not null,
    position bigint not null,
    number bigint not null,
    next_us bigint,
    primary key (account, export)
) ;
create index export_cursor_next on export_cursor (next_us) where next_us is not null;

-- A run: its range and its definition as it was, so that its file can be made, and its bytes by their hash
create table export_run (
    account bigint not null,
    id uuid not null,
    export uuid not null,
    number bigint not null,
    from_position bigint not null,
    to_position bigint not null,
    name text collate "C" not null,
    body text not null,
    state text collate "C" not null,
    row_count bigint not null,
    size_bytes bigint,
    hash bytea,
    begun_us bigint not null,
    author text collate "C" not null,
    author_id uuid,
    primary key (account, id)
) ;
create unique index export_run_number on export_run (account, export, number);
create index hosted_file_export_run on hosted_file (account, export_run) where export_run is not null;

-- A customer's server; by what is logged in there is sealed. `accepted` is the fingerprint by which it is known, `offered`
-- another one that a person must accept first; without `next_us` it is left alone
create table remote (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    body text not null,
    sealed bytea not null,
    accepted text collate "C",
    offered text collate "C",
    next_us bigint,
    failures bigint not null,
    problem text collate "C",
    reached_us bigint,
    author text collate "C" not null,
    author_id uuid,
    state text collate "C" not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create index remote_code on remote (account, code);
create index remote_next on remote (next_us) where next_us is not null;

-- A file that lies, or lay, at a customer's server: by name, length and time it is taken once. `state` is `seen`, `taken`
-- or `refused`; `seen_us` is since when it is as it is
create table remote_seen (
    account bigint not null,
    remote uuid not null,
    folder text collate "C" not null, -- personal
    name text collate "C" not null, -- personal
    size_bytes bigint not null,
    modified_s bigint,
    arrival uuid not null,
    state text collate "C" not null,
    seen_us bigint not null,
    listed_us bigint not null,
    primary key (account, remote, folder, name)
) ;

-- A file of a run on its way to a customer's server: `waiting`, `renaming` (all of it is there under a part name) or
-- `delivered`
create table export_delivery (
    account bigint not null,
    id uuid not null,
    run uuid not null,
    remote uuid not null,
    folder text collate "C" not null,
    name text collate "C" not null,
    state text collate "C" not null,
    created_us bigint not null,
    delivered_us bigint,
    primary key (account, id)
) ;
create index export_delivery_open on export_delivery (account, remote, created_us) where state <> 'delivered';
create index export_delivery_run on export_delivery (account, run);

-- A program at the customer's site that brings files and takes them; its folders are those of `hosted_file` under its id.
-- `permissions` were fixed when it was saved
create table agent (
    account bigint not null,
    id uuid not null,
    code text collate "C" not null,
    name text collate "C" not null,
    body text not null,
    permissions text not null,
    token bytea,
    enrolment bytea,
    enrolment_until_us bigint,
    report text, -- personal
    seen_us bigint,
    author text collate "C" not null,
    author_id uuid,
    state text collate "C" not null,
    version bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    primary key (account, id)
) ;
create index agent_code on agent (account, code);

-- What a key or an agent brought over HTTPS, by the id that it gave it: brought again, it is known
create table arrival (
    account bigint not null,
    owner uuid not null,
    id uuid not null,
    hosted uuid not null,
    hash bytea not null,
    arrived_us bigint not null,
    primary key (account, owner, id)
) ;
create index arrival_arrived on arrival (arrived_us);

-- PHONES

-- The file exchange grows: runs of many files, events as files, what was taken and what was not.
-- Additions only; what stands here by `alter table` can be left out, since older replicas insert rows without it.

-- A file that leaves, of a run of an export (`run`) or of an event by a channel (`channel`); `origin` is that run or
-- channel, `number` the number of the run or the position of the event. By its id it is put once, also when the customer
-- has taken it meanwhile
create table outgoing_file (
    account bigint not null,
    id uuid not null,
    origin_kind text collate "C" not null,
    origin uuid not null,
    number bigint not null,
    name text collate "C" not null,
    size_bytes bigint not null,
    hash bytea not null,
    created_us bigint not null,
    taken_us bigint,
    delivered_us bigint,
    primary key (account, id)
) ;
create index outgoing_file_origin on outgoing_file (account, origin, name, id);
create index outgoing_file_created on outgoing_file (created_us) where origin_kind = 'channel';

-- Which of them a file in a folder is, and when it was told that nobody takes it
alter table hosted_file add column outgoing uuid;
alter table hosted_file add column told_us bigint;
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
    throttle text collate "C" not null,
    key_hash bytea not null,
    full_at_us bigint not null,
    primary key (throttle, key_hash)
) ;
create index login_try_full_at on login_try (full_at_us);

-- Until when a log-in can be used
alter table key_login add column expires_us bigint;

-- Since when an agent is silent that was told of
alter table agent add column silent_us bigint;
create index agent_seen on agent (seen_us) where seen_us is not null;

