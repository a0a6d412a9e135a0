#!/bin/sh
# Builds the core for Android's processors with cargo-ndk, and writes its Kotlin side. Needs the NDK (ANDROID_NDK_HOME),
# the Rust targets, and `cargo install cargo-ndk`.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd "$here/.."
command -v cargo-ndk >/dev/null || { echo "cargo-ndk is missing: cargo install cargo-ndk" >&2; exit 1; }
rustup target add aarch64-linux-android armv7-linux-androideabi x86_64-linux-android
cargo ndk -t arm64-v8a -t armeabi-v7a -t x86_64 -P 26 -o android/core/src/generated/jniLibs \
    build --release -p campo-mobile-core
android/jvm/phone.sh bindings
