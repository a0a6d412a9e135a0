#!/bin/sh
# Builds campo-agent for release into a folder: build.sh linux|windows FOLDER. The console gives out what lies there where
# the setting `agent_folder` of the server names it. What follows is told to cargo.
set -eu
cd "$(dirname "$0")/.."
system="$1"
folder="$2"
shift 2
target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$folder"
case "$system" in
linux)
    cargo build --release -p campo-agent "$@"
    program="$target/release/campo-agent"
    name=campo-agent-linux-x86_64
    strip=strip
    ;;
windows)
    # Debian's Rust builds the standard library for Windows from its sources
    export DEBIAN_FRONTEND=noninteractive
    dpkg -s rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-win32 >/dev/null 2>&1 ||
        apt-get install -y --no-install-recommends rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-win32
    export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc
    # A folder of its own: another compiler
    target="$target/agent-windows"
    CARGO_TARGET_DIR="$target" /usr/bin/cargo build --release -Zbuild-std=std,panic_unwind \
        --target x86_64-pc-windows-gnu -p campo-agent "$@"
    program="$target/x86_64-pc-windows-gnu/release/campo-agent.exe"
    name=campo-agent-windows-x86_64.exe
    strip=x86_64-w64-mingw32-strip
    ;;
*)
    echo "build.sh linux|windows FOLDER" >&2
    exit 2
    ;;
esac
# Whole or not at all
"$strip" -o "$folder/.$name.part" "$program"
mv "$folder/.$name.part" "$folder/$name"
echo "$folder/$name"
