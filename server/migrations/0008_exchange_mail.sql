-- Mail as a way of channels: to whom it goes, and since when they want it; folders of keys that forget what is over.
-- Additions only.

-- A recipient of the mails of a channel. `recipient` is made of channel and address; links to it are rows of `mail_link`
-- of the purpose `confirm_recipient`, whose `account_user` is this id. Nothing else is sent before one was followed
create table channel_recipient (
    account {i64} not null,
    channel {uuid} not null,
    recipient {uuid} not null,
    email {text} not null, -- personal
    added_us {i64} not null,
    confirmed_us {i64},
    primary key (account, channel, recipient)
) {strict};
create unique index channel_recipient_id on channel_recipient (account, recipient);

-- Files that came, by age: those that were imported go after their time
create index hosted_file_came on hosted_file (modified_us) where received is not null;
