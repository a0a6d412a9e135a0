//! The binary `campo`.

fn main() {}
