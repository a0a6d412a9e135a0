-- The rooms of console, files, web services and phones. Additive: a replica of the release before works beside it.
-- What stands here by `alter table` has a default, since older replicas insert rows without it.

-- WHO IS WHO

-- `email_confirmed_us`: when the link in a mail to it was opened; `must_change`: the password was set by somebody else
alter table account_user add column email {text}; -- personal
alter table account_user add column email_confirmed_us {i64};
alter table account_user add column must_change {bool} not null default false;
alter table account_user add column totp_sealed {bytes};
alter table account_user add column totp_last_step {i64};

-- `kind`: `bearer` (a token that a program holds) or `cookie` (a browser)
alter table user_session add column kind {text} not null default 'bearer';
alter table user_session add column address {text}; -- personal
alter table user_session add column agent_text {text}; -- personal

create table recovery_code (
    account {i64} not null,
    account_user {uuid} not null,
    hash {bytes} not null,
    used_us {i64},
    primary key (account, account_user, hash)
) {strict};

-- The profile that an account was made with holds every permission, those of later releases too
update profile set permissions = replace(permissions, '["', '["*","')
    where code = 'administrator' and state <> 'deleted' and permissions like '%"manage_users"%';

-- NOTICES, ACTS, LIVE

-- What a person or an owner must be told. One that repeats (the same `kind` and `subject`, open) is counted in one row
create table notice (
    account {i64} not null,
    id {uuid} not null,
    kind {text} not null,
    subject_kind {text},
    subject {uuid},
    cause {text} not null,
    detail {json} not null, -- personal
    permission {text} not null,
    times {i64} not null,
    first_us {i64} not null,
    last_us {i64} not null,
    done_us {i64},
    done_by {uuid},
    mailed_us {i64},
    primary key (account, id)
) {strict};
create unique index notice_open on notice (account, cause) where done_us is null;
create index notice_last on notice (account, last_us, id);

-- What one person did to many things at once, and can be taken back. `permission` is the one of the act, which undoing
-- it needs; `undoes` is the act that an act takes back
create table act (
    account {i64} not null,
    id {uuid} not null,
    kind {text} not null,
    permission {text} not null,
    author {text} not null,
    author_id {uuid},
    detail {json} not null, -- personal
    undoes {uuid},
    effects {i64} not null,
    position {i64} not null, -- of the entry log when it was done: what stands behind followed
    created_us {i64} not null,
    undo_until_us {i64},
    undone_us {i64},
    undone_by {uuid},
    primary key (account, id)
) {strict};
create index act_created on act (account, created_us, id);

-- One thing that an act changed. `before` is what undoing restores
create table act_effect (
    account {i64} not null,
    act {uuid} not null,
    number {i64} not null,
    subject_kind {text} not null,
    subject {uuid} not null,
    effect {text} not null,
    version_before {i64},
    version_after {i64} not null,
    before {text}, -- personal
    primary key (account, act, number)
) {strict};
create index act_effect_subject on act_effect (account, subject_kind, subject);

-- What became of taking back one effect: `undone`, or why it stays
create table act_outcome (
    account {i64} not null,
    act {uuid} not null,
    number {i64} not null,
    outcome {text} not null,
    primary key (account, act, number)
) {strict};

-- A counter for each topic that consoles listen to; raised in the transaction that changes what the topic is about
create table live_topic (
    account {i64} not null,
    topic {text} not null,
    counter {i64} not null,
    primary key (account, topic)
) {strict};

-- LISTS FOR SCREENS

-- What lists filter and sort by, made of the office part. `begins_us` and `ends_us` are the planned time: where only one
-- of start and due is told it is both, and without any both are the last instant, so that such tasks come last.
-- `priority` is its number, from 0 for none. `listed_version` is the version of which they were made: an older
-- replica's edit leaves it behind, and a duty makes them again
alter table task add column begins_us {i64} not null default 9223372036854775807;
alter table task add column ends_us {i64} not null default 9223372036854775807;
alter table task add column priority {i64} not null default 0;
alter table task add column latitude {f64};
alter table task add column longitude {f64};
alter table task add column listed_version {i64} not null default 0;
create index task_begins on task (account, begins_us, id) where state <> 'deleted';
create index task_ends on task (account, ends_us, id) where state <> 'deleted';
create index task_priority on task (account, priority, id) where state <> 'deleted';
create index task_latitude on task (account, latitude) where latitude is not null;
create index task_unlisted on task (account, id) where listed_version <> version;

-- Where a point of interest is, for tasks that have no point of their own
alter table object add column latitude {f64};
alter table object add column longitude {f64};
alter table object add column listed_version {i64} not null default 0;
create index object_unlisted on object (account, id) where kind = 'poi' and listed_version <> version;
create index object_latitude on object (account, kind, latitude) where latitude is not null;

-- What is there already, once
-- sqlite:update task set priority = case fields ->> '$.priority' when 'lowest' then 1 when 'low' then 2
-- sqlite:when 'normal' then 3 when 'high' then 4 when 'highest' then 5 when 'urgent' then 6 else 0 end,
-- sqlite:latitude = cast(fields ->> '$.location.latitude' as real),
-- sqlite:longitude = cast(fields ->> '$.location.longitude' as real),
-- postgres:update task set priority = case fields::json ->> 'priority' when 'lowest' then 1 when 'low' then 2
-- postgres:when 'normal' then 3 when 'high' then 4 when 'highest' then 5 when 'urgent' then 6 else 0 end,
-- postgres:latitude = cast(fields::json -> 'location' ->> 'latitude' as double precision),
-- postgres:longitude = cast(fields::json -> 'location' ->> 'longitude' as double precision),
begins_us = coalesce(start_us, due_us, begins_us), ends_us = coalesce(due_us, start_us, ends_us),
listed_version = version;
update object set
-- sqlite:latitude = cast(body ->> '$.place.latitude' as real), longitude = cast(body ->> '$.place.longitude' as real),
-- postgres:latitude = cast(body::json -> 'place' ->> 'latitude' as double precision),
-- postgres:longitude = cast(body::json -> 'place' ->> 'longitude' as double precision),
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
alter table job add column lane {text} not null default 'import';

-- WEB SERVICES

-- `token_rule`: whether web services take a token of WS-Security of this key: `allowed`, `required` or `off`
alter table access_key add column token_rule {text} not null default 'allowed';

-- The tokens of WS-Security that were used lately, each once: SHA-256 of nonce and instant
create table nonce (
    account {i64} not null,
    key {uuid} not null,
    hash {bytes} not null,
    used_us {i64} not null,
    primary key (account, key, hash)
) {strict};
create index nonce_used on nonce (used_us);

-- What customers' systems called, for 30 days. `words` is what a call is searched by
create table call (
    account {i64} not null,
    id {uuid} not null,
    key {uuid} not null,
    at_us {i64} not null,
    method {text} not null,
    path {text} not null, -- personal
    address {text}, -- personal
    status {i64} not null,
    code {text},
    took_us {i64} not null,
    request_id {text},
    request {text}, -- personal
    answer {text}, -- personal
    words {text} not null, -- personal
    primary key (account, id)
) {strict};
create index call_at on call (account, at_us, id);
create index call_old on call (at_us);

-- IMPORTS

-- Rows of the table that are no data: repeated headings, totals
alter table import_run add column skipped {i64} not null default 0;
-- The preview of a draft: what it did was rolled back
alter table import_run add column dry_run {bool} not null default false;
-- What the row changed, field by field, old beside new
alter table import_row add column changes {text}; -- personal

-- A file that was uploaded to be imported, on the way to it: `parts` are where its parts begin, `mapping` is a template
-- without a name, `analysis` what was found out of the file, `trial` the run that previews `trial_version`
create table import_draft (
    account {i64} not null,
    id {uuid} not null,
    version {i64} not null,
    state {text} not null,
    file_name {text} not null, -- personal
    size_bytes {i64} not null,
    received_bytes {i64} not null,
    parts {text} not null default '',
    hash {bytes},
    mapping {text} not null,
    template {uuid},
    template_version {i64},
    analysis {text}, -- personal
    problem {text},
    run {uuid},
    trial {uuid},
    trial_version {i64},
    author {text} not null,
    author_id {uuid},
    created_us {i64} not null,
    updated_us {i64} not null,
    expires_us {i64} not null,
    primary key (account, id)
) {strict};
create index import_draft_created on import_draft (account, created_us, id);
create index import_draft_expires on import_draft (expires_us);

-- FILE EXCHANGE

-- A name under which a customer's system logs in to exchange files. `purposes` is a list of `ftp` and `sftp`; one with
-- `plain_ftp` opens nothing else. `password` is hashed (Argon2id)
create table key_login (
    account {i64} not null,
    id {uuid} not null,
    key {uuid} not null,
    purposes {json} not null,
    plain_ftp {bool} not null,
    networks {json} not null,
    password {text},
    state {text} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    used_us {i64},
    used_from {text}, -- personal
    primary key (account, id)
) {strict};
create index key_login_key on key_login (account, key);

create table key_ssh_key (
    account {i64} not null,
    login {uuid} not null,
    id {uuid} not null,
    fingerprint {text} not null,
    public_key {text} not null,
    comment {text} not null, -- personal
    created_us {i64} not null,
    primary key (account, login, id)
) {strict};
create unique index key_ssh_key_fingerprint on key_ssh_key (account, login, fingerprint);

-- A folder and a pattern of file names, and the template by which what comes there is imported. `permissions` are those
-- that its files are imported with, fixed when it was saved
create table intake (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    folder {text} not null,
    template {uuid} not null,
    body {json} not null,
    permissions {json} not null,
    author {text} not null,
    author_id {uuid},
    state {text} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create index intake_code on intake (account, code);

-- A file that came by some way. Its identity is the arrival and never the hash; without `intake` it fits none
create table received_file (
    account {i64} not null,
    id {uuid} not null,
    intake {uuid},
    way {text} not null,
    way_id {uuid} not null,
    arrival {text} not null,
    folder {text} not null, -- personal
    name {text} not null, -- personal
    size_bytes {i64} not null,
    hash {bytes} not null,
    state {text} not null,
    run {uuid},
    problem {text},
    ready_us {i64} not null,
    received_us {i64} not null,
    finished_us {i64},
    primary key (account, id)
) {strict};
create unique index received_file_arrival on received_file (account, way, arrival);
create index received_file_intake on received_file (account, intake, received_us, id);
create index received_file_received on received_file (account, received_us, id);
create index received_file_open on received_file (account, state) where state in ('waiting', 'importing');

-- What a key sees in its folders. `kind` is `file` or `folder`
create table hosted_file (
    account {i64} not null,
    key {uuid} not null,
    folder {text} not null, -- personal
    name {text} not null, -- personal
    id {uuid} not null,
    kind {text} not null,
    size_bytes {i64} not null,
    hash {bytes},
    received {uuid},
    export_run {uuid},
    taken_us {i64},
    modified_us {i64} not null,
    primary key (account, key, folder, name)
) {strict};
create unique index hosted_file_id on hosted_file (account, id);

-- An upload that is not whole; its parts lie in the store of files under `id`
create table hosted_part (
    account {i64} not null,
    key {uuid} not null,
    folder {text} not null, -- personal
    name {text} not null, -- personal
    id {uuid} not null,
    received_bytes {i64} not null,
    updated_us {i64} not null,
    primary key (account, key, folder, name)
) {strict};
create index hosted_part_updated on hosted_part (updated_us);

create table export (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    body {json} not null,
    author {text} not null,
    author_id {uuid},
    state {text} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create index export_code on export (account, code);

-- Up to where in the log of events the runs of an export have taken, and when it runs next by itself
create table export_cursor (
    account {i64} not null,
    export {uuid} not null,
    position {i64} not null,
    number {i64} not null,
    next_us {i64},
    primary key (account, export)
) {strict};
create index export_cursor_next on export_cursor (next_us) where next_us is not null;

-- A run: its range and its definition as it was, so that its file can be made, and its bytes by their hash
create table export_run (
    account {i64} not null,
    id {uuid} not null,
    export {uuid} not null,
    number {i64} not null,
    from_position {i64} not null,
    to_position {i64} not null,
    name {text} not null,
    body {json} not null,
    state {text} not null,
    row_count {i64} not null,
    size_bytes {i64},
    hash {bytes},
    begun_us {i64} not null,
    author {text} not null,
    author_id {uuid},
    primary key (account, id)
) {strict};
create unique index export_run_number on export_run (account, export, number);
create index hosted_file_export_run on hosted_file (account, export_run) where export_run is not null;

-- A customer's server; by what is logged in there is sealed. `accepted` is the fingerprint by which it is known, `offered`
-- another one that a person must accept first; without `next_us` it is left alone
create table remote (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    body {json} not null,
    sealed {bytes} not null,
    accepted {text},
    offered {text},
    next_us {i64},
    failures {i64} not null,
    problem {text},
    reached_us {i64},
    author {text} not null,
    author_id {uuid},
    state {text} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create index remote_code on remote (account, code);
create index remote_next on remote (next_us) where next_us is not null;

-- A file that lies, or lay, at a customer's server: by name, length and time it is taken once. `state` is `seen`, `taken`
-- or `refused`; `seen_us` is since when it is as it is
create table remote_seen (
    account {i64} not null,
    remote {uuid} not null,
    folder {text} not null, -- personal
    name {text} not null, -- personal
    size_bytes {i64} not null,
    modified_s {i64},
    arrival {uuid} not null,
    state {text} not null,
    seen_us {i64} not null,
    listed_us {i64} not null,
    primary key (account, remote, folder, name)
) {strict};

-- A file of a run on its way to a customer's server: `waiting`, `renaming` (all of it is there under a part name) or
-- `delivered`
create table export_delivery (
    account {i64} not null,
    id {uuid} not null,
    run {uuid} not null,
    remote {uuid} not null,
    folder {text} not null,
    name {text} not null,
    state {text} not null,
    created_us {i64} not null,
    delivered_us {i64},
    primary key (account, id)
) {strict};
create index export_delivery_open on export_delivery (account, remote, created_us) where state <> 'delivered';
create index export_delivery_run on export_delivery (account, run);

-- A program at the customer's site that brings files and takes them; its folders are those of `hosted_file` under its id.
-- `permissions` were fixed when it was saved
create table agent (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    body {json} not null,
    permissions {json} not null,
    token {bytes},
    enrolment {bytes},
    enrolment_until_us {i64},
    report {json}, -- personal
    seen_us {i64},
    author {text} not null,
    author_id {uuid},
    state {text} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create index agent_code on agent (account, code);

-- What a key or an agent brought over HTTPS, by the id that it gave it: brought again, it is known
create table arrival (
    account {i64} not null,
    owner {uuid} not null,
    id {uuid} not null,
    hosted {uuid} not null,
    hash {bytes} not null,
    arrived_us {i64} not null,
    primary key (account, owner, id)
) {strict};
create index arrival_arrived on arrival (arrived_us);

-- PHONES
