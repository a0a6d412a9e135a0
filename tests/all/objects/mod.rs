//! What the office keeps: the same promises for every kind.

mod batch;
mod crud;
mod documents;
mod edits;
mod feed;
mod lists;
mod refused;
