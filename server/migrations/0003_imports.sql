-- Imports that withdraw what a file no longer lists, all or nothing, and taking whole imports back.

-- ACTS

-- Permissions that taking it back needs besides `permission`, a list; its author needs none of them
alter table act add column also {json} not null default '[]';
-- The act that is taking it back, while that goes on as a job of the same id
alter table act add column undoing {uuid};
-- Behind which entries count as work that followed; that of the act where it is null
alter table act_effect add column position {i64};

-- IMPORTS

-- The act that the import is; what it withdrew; whether a try of every row went well (all or nothing)
alter table import_run add column act {uuid};
alter table import_run add column tried {bool} not null default false;
alter table import_run add column withdrawn {i64} not null default 0;
-- What became of withdrawing what the file no longer lists (null: nothing was to be), how many things that is of how
-- many that the template's imports made and are open, and how many somebody said yes to
alter table import_run add column withdrawals {text};
alter table import_run add column unlisted {i64} not null default 0;
alter table import_run add column managed {i64} not null default 0;
alter table import_run add column confirmed {i64};

-- True when whoever uploads a file said what its rows become
alter table import_draft add column makes_given {bool} not null default false;

-- What the imports by a template made: what a later file of it does not list can be withdrawn
create table import_made (
    account {i64} not null,
    template {uuid} not null,
    subject_kind {text} not null,
    subject {uuid} not null,
    run {uuid} not null,
    primary key (account, template, subject_kind, subject)
) {strict};

-- What an import withdrew, or why it did not
create table import_withdrawal (
    account {i64} not null,
    run {uuid} not null,
    subject_kind {text} not null,
    subject {uuid} not null,
    outcome {text} not null,
    primary key (account, run, subject_kind, subject)
) {strict};
