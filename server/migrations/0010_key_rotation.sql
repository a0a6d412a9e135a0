-- The secret of a key before the one that it has now. Additions only.

-- The keyed hash of the secret before, and until when it holds besides `token`
alter table access_key add column previous_token {bytes};
alter table access_key add column previous_until_us {i64};
