-- Who made and changed import templates, and what each version said. Additions only.

-- Each version of an import template. Without an author where a release wrote it that noted none
create table import_template_version (
    account {i64} not null,
    template {uuid} not null,
    version {i64} not null,
    body {text} not null,
    author {text},
    author_id {uuid},
    created_us {i64} not null,
    primary key (account, template, version)
) {strict};
insert into import_template_version (account, template, version, body, author, author_id, created_us)
    select account, id, version, body, null, null, updated_us from import_template;
