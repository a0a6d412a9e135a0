#!/bin/sh
# Lays what `phone.sh bindings` wrote where SwiftPM looks for it: the Swift file apart from the C header.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
generated=$here/CampoCore/generated
mkdir -p "$generated/swift" "$here/CampoCore/Tests/CampoCoreTests/conversations"
cp "$generated/CampoBindings.swift" "$generated/swift/"
cp "$generated/CampoFFI.h" "$here/CampoCore/Sources/CampoFFI/"
cp "$here"/../mobile-core/conversations/*.json "$here/CampoCore/Tests/CampoCoreTests/conversations/"
