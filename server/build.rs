//! Has the server compiled again when the console was built, since the release holds its files.

fn main() {
    println!("cargo::rerun-if-changed=../console/dist");
}
