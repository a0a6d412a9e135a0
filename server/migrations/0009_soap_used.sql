-- From where a system called last under a key's name, so that it goes on while somebody guesses elsewhere. Additions only.

alter table access_key add column used_us {i64};
alter table access_key add column used_from {text}; -- personal
