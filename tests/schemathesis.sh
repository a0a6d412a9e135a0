#!/usr/bin/env bash
# Has Schemathesis ask every operation of the OpenAPI document, against a real server on a database of its own: no answer
# of 5xx, nothing that the document does not tell of. Installs it first, into the target folder. Options go on to it:
# tests/schemathesis.sh --include-path-regex '^/v1/tasks' --max-examples 50
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$(realpath -m "${CARGO_TARGET_DIR:-target}")/schemathesis version=4.32.5
if [ ! -f "$tools/$version" ]; then
    command -v python3 >/dev/null || { echo "schemathesis.sh: python3 is missing" >&2; exit 1; }
    python3 -m venv "$tools" || { echo "schemathesis.sh: on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
    "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
    touch "$tools/$version"
fi

. tests/served.sh
# Sessions would end, streams stay open, and sync speaks lines of JSON: what those routes do has tests of its own
cd "$folder"
"$tools/bin/schemathesis" run "$url/v1/openapi.json" \
    --header "Authorization: Bearer $bearer" --phases examples,coverage,fuzzing --max-examples 25 --seed 1 --workers 2 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --exclude-path-regex '^/v1/(live|session|awake|sync)' --request-timeout 30 --suppress-health-check all "$@"
