#!/bin/sh
# Has a public validator judge the OpenAPI document that is committed. Installs it first, into the target folder.
set -eu
cd "$(dirname "$0")/.."
folder="${CARGO_TARGET_DIR:-target}/validator"
version=0.7.2
if [ ! -f "$folder/$version" ]; then
    command -v python3 >/dev/null || { echo "validator.sh: python3 is missing" >&2; exit 1; }
    if ! python3 -m venv "$folder"; then
        echo "validator.sh: Python cannot make environments; on Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check "openapi-spec-validator==$version"
    touch "$folder/$version"
fi
"$folder/bin/openapi-spec-validator" docs/openapi.json
