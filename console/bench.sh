#!/usr/bin/env bash
# Measures the board in a real browser against the server of a release build (or CONSOLE_BINARY).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./node.sh
node_ready
packages_ready
chromium_ready
CONSOLE_BINARY="${CONSOLE_BINARY:-$(realpath "${CARGO_TARGET_DIR:-../target}")/release/campo}" node scripts/bench.mjs
