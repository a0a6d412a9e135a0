//! What the office keeps: the same promises for every kind.

mod crud;
mod documents;
