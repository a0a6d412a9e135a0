-- Mail: links by which an address is confirmed and a password set anew, and what is to be sent.
-- Additions only.

-- A link that a user was sent; `purpose` is `confirm_email` or `reset_password`. Its secret can be made again from its id
-- with the master secret alone; `token` is the keyed hash of it
create table mail_link (
    account {i64} not null,
    id {uuid} not null,
    account_user {uuid} not null,
    purpose {text} not null,
    email {text} not null, -- personal
    token {bytes} not null,
    created_us {i64} not null,
    expires_us {i64} not null,
    used_us {i64},
    primary key (account, id)
) {strict};
create index mail_link_user on mail_link (account, account_user, created_us);
create index mail_link_expires on mail_link (expires_us);

-- A mail to a user. `kind` is the purpose of a link, or `notice`; `subject` is that link or notice. What it says is made
-- when it is sent. `due_us` is missing once it was sent or need not be, `problem` says why it was not
create table mail (
    account {i64} not null,
    id {uuid} not null,
    account_user {uuid} not null,
    kind {text} not null,
    subject {uuid} not null,
    created_us {i64} not null,
    due_us {i64},
    tries {i64} not null default 0,
    sent_us {i64},
    problem {text},
    primary key (account, id)
) {strict};
create index mail_due on mail (due_us) where due_us is not null;
create index mail_sent on mail (account, sent_us) where sent_us is not null;
create index mail_over on mail (created_us) where due_us is null;

-- Notices of which nobody was told by mail since they happened last, and when somebody was told of a cause
create index notice_to_mail on notice (last_us) where done_us is null;
create index notice_cause on notice (account, cause, mailed_us);
