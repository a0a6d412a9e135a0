#!/usr/bin/env bash
# Has Schemathesis ask every operation of the OpenAPI document, against a real server on a database of its own: no answer
# of 5xx, nothing that the document does not tell of. Installs it first, into the target folder. Options go on to it:
# tests/schemathesis.sh --include-path-regex '^/v1/tasks' --max-examples 50
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
programs=$(sh tests/python.sh schemathesis schemathesis==4.32.5)

. tests/served.sh
# Sessions would end, streams stay open, and sync speaks lines of JSON: what those routes do has tests of its own
cd "$folder"
"$programs/schemathesis" run "$url/v1/openapi.json" \
    --header "Authorization: Bearer $bearer" --phases examples,coverage,fuzzing --max-examples 25 --seed 1 --workers 2 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --exclude-path-regex '^/v1/(live|session|awake|sync)' --request-timeout 30 --suppress-health-check all "$@"
