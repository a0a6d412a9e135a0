//! The test kit: a world with people in it.
