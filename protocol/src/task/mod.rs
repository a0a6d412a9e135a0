//! Tasks: the office part, and the state folded from entries.
