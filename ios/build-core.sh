#!/bin/sh
# Builds the core for iPhones and the simulator as an xcframework, and writes its Swift side. Needs a Mac with Xcode and
# the Rust targets. The minimum version is that of project.yml.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd "$here/.."
export IPHONEOS_DEPLOYMENT_TARGET=16.0
rustup target add aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios
for target in aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios; do
    cargo build --release -p campo-mobile-core --target "$target"
done
android/jvm/phone.sh bindings
generated=ios/CampoCore/generated
ios/core.sh
headers=target/ios-headers
rm -rf "$headers" "$generated/CampoFFI.xcframework" && mkdir -p "$headers" target/ios-simulator
cp "$generated/CampoFFI.h" "$headers/"
cp ios/CampoCore/Sources/CampoFFI/module.modulemap "$headers/"
lipo -create -output target/ios-simulator/libcampo_mobile_core.a \
    target/aarch64-apple-ios-sim/release/libcampo_mobile_core.a target/x86_64-apple-ios/release/libcampo_mobile_core.a
xcodebuild -create-xcframework \
    -library target/aarch64-apple-ios/release/libcampo_mobile_core.a -headers "$headers" \
    -library target/ios-simulator/libcampo_mobile_core.a -headers "$headers" \
    -output "$generated/CampoFFI.xcframework"
