//! What the office keeps: the same promises for every kind.

mod batch;
mod codes;
mod crud;
mod documents;
mod edits;
mod feed;
mod lists;
mod refused;
