-- The ground of Campo: accounts, the three logs, what the office keeps, tasks, files, who is who.
-- One text for SQLite and PostgreSQL; see server/src/database/migrations.rs for the words in braces.
-- Every primary key begins with the account. Times are microseconds since 1970 UTC. `personal` behind a column
-- means that it can hold data about a person; a test compares these marks with the registry in
-- server/src/privacy.rs.

create table server_setting (
    name {text} not null,
    value {text} not null,
    primary key (name)
) {strict};

create table account (
    id {i64} not null,
    code {text} not null,
    name {text} not null,
    zone {text} not null,
    language {text} not null,
    state {text} not null,
    settings {json} not null,
    version {i64} not null,
    created_us {i64} not null,
    primary key (id),
    unique (code)
) {strict};

-- The row that every transaction of an account locks first
create table account_head (
    account {i64} not null,
    entry {i64} not null,
    event {i64} not null,
    change {i64} not null,
    task_number {i64} not null,
    directory {i64} not null,
    link {bytes} not null,
    primary key (account)
) {strict};

-- ENTRY LOG

create table entry (
    account {i64} not null,
    position {i64} not null,
    id {uuid} not null,
    hash {bytes} not null,
    kind {text} not null,
    author {text} not null,
    author_id {uuid},
    installation {uuid},
    session {uuid},
    employee {uuid},
    sequence {i64} not null,
    task {uuid},
    form {uuid},
    corrects {uuid},
    occurred_us {i64} not null,
    occurred_kind {text} not null,
    received_us {i64} not null,
    outcome {text} not null,
    reason {text},
    marks {i64} not null,
    files_due_us {i64},
    establishment {text}, -- the employer's, in whose chain a punch stands: fixed once
    primary key (account, position),
    unique (account, id)
) {strict};
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
    account {i64} not null,
    position {i64} not null,
    salt {bytes} not null,
    bytes {bytes} not null, -- personal
    primary key (account, position)
) {strict};

create table entry_file (
    account {i64} not null,
    position {i64} not null,
    number {i64} not null,
    hash {bytes} not null,
    size_bytes {i64} not null,
    field {text},
    media_type {text},
    primary key (account, position, number)
) {strict};
create index entry_file_hash on entry_file (account, hash);

create table chain_link (
    account {i64} not null,
    chain {text} not null,
    number {i64} not null,
    position {i64} not null,
    leaf {bytes} not null,
    link {bytes} not null,
    primary key (account, chain, number)
) {strict};

create index chain_link_position on chain_link (account, position) where chain <> 'account';

-- The last link of the chains beside the account's own, whose last link is in account_head
create table chain_head (
    account {i64} not null,
    chain {text} not null,
    number {i64} not null,
    link {bytes} not null,
    primary key (account, chain)
) {strict};

-- `boot` is the one that runs, when its monotonic clock began, and the last instant in it: what the instants of its next
-- entries are fixed by
create table installation_head (
    account {i64} not null,
    installation {uuid} not null,
    sequence {i64} not null,
    received_us {i64} not null,
    marks {i64} not null,
    boot {text},
    boot_started_us {i64},
    boot_last_us {i64},
    primary key (account, installation)
) {strict};

-- The boots that ended, for their entries that come later
create table installation_boot (
    account {i64} not null,
    installation {uuid} not null,
    boot {text} not null,
    started_us {i64} not null,
    last_us {i64} not null,
    primary key (account, installation, boot)
) {strict};

-- EVENT LOG

create table event (
    account {i64} not null,
    position {i64} not null,
    id {uuid} not null,
    kind {text} not null,
    format {i64} not null,
    subject_kind {text} not null,
    subject {uuid} not null,
    entry {i64},
    snapshot {i64} not null,
    created_us {i64} not null,
    primary key (account, position)
) {strict};
create unique index event_id on event (account, id);

create table event_snapshot (
    account {i64} not null,
    snapshot {i64} not null,
    body {bytes} not null, -- personal
    primary key (account, snapshot)
) {strict};

-- CHANGE FEED

create table scope (
    account {i64} not null,
    scope {text} not null,
    position {i64} not null,
    objects {i64} not null,
    digest {i64} not null,
    primary key (account, scope)
) {strict};

create table change (
    account {i64} not null,
    kind {text} not null,
    id {uuid} not null,
    scope {text} not null,
    position {i64} not null,
    removed {bool} not null,
    primary key (account, kind, id, scope)
) {strict};
create unique index change_position on change (account, scope, position);

create table change_body (
    account {i64} not null,
    kind {text} not null,
    id {uuid} not null,
    digest {i64} not null,
    body {bytes} not null, -- personal
    primary key (account, kind, id)
) {strict};

-- WHAT THE OFFICE KEEPS

create table object (
    account {i64} not null,
    kind {text} not null,
    id {uuid} not null,
    code {text} not null, -- personal
    name {text} not null, -- personal
    sort_key {text} not null, -- personal
    parent {uuid},
    catalogue_table {text}, -- of an item of the catalogue: the customer's table that it stands in
    state {text} not null,
    version {i64} not null,
    body {text} not null, -- personal
    creator {text}, -- who wrote version 1; of later ones object_version says it
    creator_id {uuid},
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, kind, id)
) {strict};
create unique index object_code on object (account, kind, code) where state <> 'deleted';
create index object_parent on object (account, kind, parent) where parent is not null;
create index object_sort on object (account, kind, sort_key, id);
create index object_table on object (account, kind, catalogue_table, sort_key, id) where catalogue_table is not null;

-- What an object was before each edit, and who edited it
create table object_version (
    account {i64} not null,
    kind {text} not null,
    id {uuid} not null,
    version {i64} not null,
    body {text} not null, -- personal
    author {text} not null,
    author_id {uuid},
    replaced_us {i64} not null,
    primary key (account, kind, id, version)
) {strict};

-- Which objects name which, for views and for refusing to remove what is in use
create table object_link (
    account {i64} not null,
    kind {text} not null,
    id {uuid} not null,
    field {text} not null,
    target_kind {text} not null,
    target {uuid} not null,
    primary key (account, kind, id, field, target)
) {strict};
create index object_link_target on object_link (account, target_kind, target);

-- TASKS

-- `sort_key` is what people find a task by; what ended before `retired_us` is taken from phones
create table task (
    account {i64} not null,
    id {uuid} not null,
    task_number {i64} not null,
    external_number {text},
    task_type {uuid},
    poi {uuid},
    work_order {uuid},
    start_us {i64},
    due_us {i64},
    state {text} not null,
    version {i64} not null,
    fields {text} not null, -- personal
    sort_key {text} not null, -- personal
    files {i64} not null default 0,
    retired_us {i64},
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create unique index task_number on task (account, task_number) where state <> 'deleted';
create unique index task_external on task (account, external_number)
    where external_number is not null and state <> 'deleted';
create index task_due on task (account, due_us, id);
create index task_work_order on task (account, work_order) where work_order is not null;
create index task_poi on task (account, poi) where poi is not null;
create index task_task_type on task (account, task_type) where task_type is not null;

create table task_version (
    account {i64} not null,
    id {uuid} not null,
    version {i64} not null,
    fields {text} not null, -- personal
    author {text} not null,
    author_id {uuid},
    replaced_us {i64} not null,
    primary key (account, id, version)
) {strict};

-- Projections of the entry log: `campo rebuild` makes them again and must find no difference
-- `over_us`: since when a task is over, while phones hold it

create table task_state (
    account {i64} not null,
    task {uuid} not null,
    status {text} not null,
    attention {i64} not null,
    position {i64} not null,
    state {text} not null,
    fold {i64} not null, -- the number of the rules that made it
    over_us {i64},
    updated_us {i64} not null,
    primary key (account, task)
) {strict};
create index task_state_over on task_state (account, over_us) where over_us is not null;
create index task_state_status on task_state (account, status, task);
create index task_state_attention on task_state (account, task) where attention > 0;

create table assignment (
    account {i64} not null,
    task {uuid} not null,
    employee {uuid} not null,
    role {text} not null,
    from_us {i64} not null,
    until_us {i64},
    number {i64} not null,
    primary key (account, task, number)
) {strict};
create index assignment_employee on assignment (account, employee, task);

create table message (
    account {i64} not null,
    id {uuid} not null,
    position {i64} not null,
    employee {uuid} not null,
    direction {text} not null,
    task {uuid},
    text {text} not null, -- personal
    sent_us {i64} not null,
    primary key (account, id)
) {strict};
create index message_employee on message (account, employee, position);
create index message_position on message (account, position);

create table employee_session (
    account {i64} not null,
    id {uuid} not null,
    installation {uuid} not null,
    employee {uuid} not null,
    opened_us {i64} not null,
    closed_us {i64},
    position {i64} not null,
    primary key (account, installation, id)
) {strict};
create index employee_session_installation on employee_session (account, installation, opened_us);

-- FILES

-- `generation` is the part of the name in the store that no two uploads share; `created_us` is the last upload
create table file (
    account {i64} not null,
    hash {bytes} not null,
    generation {uuid} not null,
    size_bytes {i64} not null,
    media_type {text} not null,
    created_us {i64} not null,
    primary key (account, hash)
) {strict};

create table file_reference (
    account {i64} not null,
    owner_kind {text} not null,
    owner {uuid} not null,
    id {uuid} not null,
    hash {bytes} not null,
    name {text} not null, -- personal
    author {text} not null,
    author_id {uuid},
    created_us {i64} not null,
    primary key (account, owner_kind, owner, id)
) {strict};
create index file_reference_hash on file_reference (account, hash);

-- WHO IS WHO

-- The one table outside the accounts: log-ins that carry no account
create table login (
    host {text} not null,
    name {text} not null, -- personal
    account {i64} not null,
    holder {text} not null,
    holder_id {uuid} not null,
    primary key (host, name)
) {strict};
create index login_holder on login (account, holder, holder_id);

create table profile (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    permissions {json} not null,
    state {text} not null,
    custom {json} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create unique index profile_code on profile (account, code) where state <> 'deleted';

create table account_user (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null, -- personal
    name {text} not null, -- personal
    profile {uuid} not null,
    password {text} not null,
    language {text} not null,
    state {text} not null,
    custom {json} not null, -- personal
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create unique index account_user_code on account_user (account, code) where state <> 'deleted';
create index account_user_profile on account_user (account, profile);

create table user_session (
    account {i64} not null,
    id {uuid} not null,
    account_user {uuid} not null,
    token {bytes} not null,
    created_us {i64} not null,
    seen_us {i64} not null,
    expires_us {i64} not null,
    revoked_us {i64},
    primary key (account, id)
) {strict};
create index user_session_user on user_session (account, account_user);

create table access_key (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    permissions {json} not null,
    networks {json} not null,
    token {bytes} not null,
    sealed_password {bytes},
    state {text} not null,
    custom {json} not null,
    expires_us {i64},
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create unique index access_key_code on access_key (account, code) where state <> 'deleted';

create table enrolment (
    account {i64} not null,
    id {uuid} not null,
    code {bytes} not null,
    name {text} not null, -- personal
    roster {json} not null,
    author {text} not null,
    author_id {uuid},
    created_us {i64} not null,
    expires_us {i64} not null,
    installation {uuid},
    primary key (account, id)
) {strict};
create unique index enrolment_code on enrolment (code);

create table installation (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null, -- personal
    device {json} not null, -- personal
    token {bytes} not null,
    state {text} not null,
    custom {json} not null,
    version {i64} not null,
    enrolled_us {i64} not null,
    revoked_us {i64},
    updated_us {i64} not null,
    primary key (account, id),
    unique (account, code)
) {strict};

create table roster (
    account {i64} not null,
    installation {uuid} not null,
    member_kind {text} not null,
    member {uuid} not null,
    primary key (account, installation, member_kind, member)
) {strict};
create index roster_member on roster (account, member_kind, member);

-- The employees that a roster came to, its groups expanded, as it was filed last
create table roster_employee (
    account {i64} not null,
    installation {uuid} not null,
    employee {uuid} not null,
    listed {bool} not null,
    primary key (account, installation, employee)
) {strict};
create index roster_employee_listed on roster_employee (account, employee) where listed;

create table pin_verifier (
    account {i64} not null,
    employee {uuid} not null,
    verifier {text} not null,
    updated_us {i64} not null,
    primary key (account, employee)
) {strict};

-- OPERATION

create table idempotency (
    account {i64} not null,
    holder {uuid} not null,
    key {text} not null,
    request {bytes} not null,
    version {i64} not null,
    response {bytes} not null, -- personal
    created_us {i64} not null,
    primary key (account, holder, key)
) {strict};
create index idempotency_created on idempotency (created_us);

-- Background work, claimed with a lease: a counter that its holder raises
create table job (
    account {i64} not null,
    id {uuid} not null,
    kind {text} not null,
    format {i64} not null,
    body {text} not null, -- personal
    principal {text} not null,
    principal_id {uuid},
    state {text} not null,
    run_at_us {i64} not null,
    attempts {i64} not null,
    holder {uuid},
    lease {i64} not null,
    problem {text},
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create index job_waiting on job (state, run_at_us);

-- Which replica does which duty of Campo itself: `counter` is raised by the holder and never goes back; whoever sees
-- it stand still for the length of a lease takes over. `done_us` and `problem` are of the last run, for people.
create table duty (
    name {text} not null,
    holder {uuid},
    counter {i64} not null,
    done_us {i64} not null,
    problem {text},
    primary key (name)
) {strict};

-- One row that readiness writes, so that "ready" means "can commit"
create table heartbeat (
    replica {uuid} not null,
    beaten_us {i64} not null,
    primary key (replica)
) {strict};

-- IMPORTS

create table import_template (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    state {text} not null,
    body {text} not null,
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create unique index import_template_code on import_template (account, code) where state <> 'deleted';

-- `mapping` is the template as it was when the file came: an edit of it is for later files. `headings` is the row of
-- headings, once it was read. The id is that of the job, too.
create table import_run (
    account {i64} not null,
    id {uuid} not null,
    template {uuid} not null,
    template_version {i64} not null,
    mapping {text} not null,
    hash {bytes} not null,
    file_name {text} not null, -- personal
    principal {text} not null,
    principal_id {uuid},
    state {text} not null,
    sheet {text} not null,
    headings {text} not null,
    read_rows {i64} not null,
    created {i64} not null,
    updated {i64} not null,
    unchanged {i64} not null,
    refused {i64} not null,
    problem {text},
    created_us {i64} not null,
    finished_us {i64},
    primary key (account, id)
) {strict};
create index import_run_created on import_run (account, created_us, id);
create index import_run_file on import_run (account, hash);

-- A row of a file, staged when it was read and given its outcome when it was applied
create table import_row (
    account {i64} not null,
    run {uuid} not null,
    number {i64} not null,
    cells {text} not null, -- personal
    outcome {text} not null,
    faults {text} not null, -- personal
    subject_kind {text},
    subject {uuid},
    primary key (account, run, number)
) {strict};
create index import_row_outcome on import_row (account, run, outcome, number);

-- SYNC

-- When a phone was last heard of, and what it said that it holds unsent
create table installation_contact (
    account {i64} not null,
    installation {uuid} not null,
    heard_us {i64} not null,
    unsent_entries {i64},
    unsent_oldest_us {i64},
    unsent_files {i64},
    read_position {i64}, -- up to which change of the account everything of its view was sent
    primary key (account, installation)
) {strict};

-- Since when a phone has the changes of a scope up to a position, as it said itself
create table installation_held (
    account {i64} not null,
    installation {uuid} not null,
    scope {text} not null,
    position {i64} not null,
    held_us {i64} not null,
    primary key (account, installation, scope, position)
) {strict};
create index installation_held_scope on installation_held (account, scope, position);
create index installation_held_us on installation_held (held_us);

-- UPLOADS

-- A file that a phone sends part by part; the parts are in the store under the upload's id
create table upload (
    account {i64} not null,
    installation {uuid} not null,
    hash {bytes} not null,
    id {uuid} not null,
    size_bytes {i64} not null,
    received_bytes {i64} not null,
    media_type {text} not null,
    expires_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, installation, hash)
) {strict};
create index upload_expires on upload (expires_us);

-- WAKE-UPS

-- When a phone said last that it listens for events, 0 when it stopped
create table installation_awake (
    account {i64} not null,
    installation {uuid} not null,
    awake_us {i64} not null,
    primary key (account, installation)
) {strict};

-- How a phone is woken. `wanted_position`: the last change that it should hear of, noticed first at `wanted_us`;
-- `woken_position`: the one that the last push was for
create table push_token (
    account {i64} not null,
    installation {uuid} not null,
    service {text} not null,
    sealed {bytes} not null, -- personal
    registered_us {i64} not null,
    wanted_position {i64},
    wanted_us {i64},
    woken_position {i64},
    tried_us {i64},
    failures {i64} not null,
    gone {bool} not null default false,
    primary key (account, installation)
) {strict};

-- Up to which change of an account it is known whom to wake
create table push_cursor (
    account {i64} not null,
    position {i64} not null,
    primary key (account)
) {strict};

-- CHANNELS

-- A configured way out or in. `target` says where, by the kind; `sealed` holds its secrets
create table channel (
    account {i64} not null,
    id {uuid} not null,
    code {text} not null,
    name {text} not null,
    kind {text} not null,
    target {json} not null,
    sealed {bytes} not null,
    events {json} not null,
    format {i64} not null,
    delivery_order {text} not null,
    state {text} not null,
    reason {text},
    custom {json} not null,
    author {text} not null,
    author_id {uuid},
    version {i64} not null,
    created_us {i64} not null,
    updated_us {i64} not null,
    primary key (account, id)
) {strict};
create unique index channel_code on channel (account, code) where state <> 'deleted';

-- Every event up to `position` is delivered, not wanted, or a row of `delivery`. `generation` rises when a person moves
-- it; holder and counter are a lease as in `duty`; `failures` in a row of all that was tried, and not before `probe_us`
-- is tried again
create table channel_cursor (
    account {i64} not null,
    channel {uuid} not null,
    epoch {uuid} not null,
    position {i64} not null,
    generation {i64} not null,
    holder {uuid},
    counter {i64} not null,
    failures {i64} not null,
    probe_us {i64},
    problem {text},
    delivered_us {i64},
    primary key (account, channel)
) {strict};

-- Only what did not go well: `waiting` to be tried again (behind another one of its order key while `due_us` is null),
-- or `not_delivered`
create table delivery (
    account {i64} not null,
    channel {uuid} not null,
    position {i64} not null,
    event {uuid} not null,
    order_key {uuid} not null,
    state {text} not null,
    attempts {i64} not null,
    due_us {i64},
    since_us {i64} not null,
    tried_us {i64},
    problem {text},
    status {i64},
    answer {text}, -- personal
    primary key (account, channel, position)
) {strict};
create index delivery_due on delivery (account, channel, due_us) where state = 'waiting';
create index delivery_key on delivery (account, channel, order_key, position) where state = 'waiting';
