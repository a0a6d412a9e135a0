#!/usr/bin/env bash
# Has Schemathesis ask every operation of the OpenAPI document, against a real server on a database of its own: no answer
# of 5xx, nothing that the document does not tell of. Installs it first, into the target folder. Options go on to it:
# tests/schemathesis.sh --include-path-regex '^/v1/tasks' --max-examples 50
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools="$target/schemathesis" version=4.32.5
if [ ! -f "$tools/$version" ]; then
    command -v python3 >/dev/null || { echo "schemathesis.sh: python3 is missing" >&2; exit 1; }
    python3 -m venv "$tools" || { echo "schemathesis.sh: on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
    "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
    touch "$tools/$version"
fi

folder=$(mktemp -d)
server=; touch "$folder/said"
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
export CAMPO_DATA_FOLDER="$folder/data" CAMPO_LISTEN=127.0.0.1:0 CAMPO_LOG_LEVEL=error
CAMPO_DATABASE_URL="sqlite:$folder/data/campo.db"
export CAMPO_DATABASE_URL
campo="$target/debug/campo"
mkdir -p "$folder/data"
made=$("$campo" account create --code acme --name Acme --zone America/Lima --language es --administrator ana@acme)
password=$(printf '%s\n' "$made" | sed -n 2p)
"$campo" serve >"$folder/said" 2>"$folder/log" &
server=$!
until grep -q listening "$folder/said"; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^campo listening on //p' "$folder/said")

# A user whose first password is changed, and a key that may do everything
new=$(head -c 18 /dev/urandom | base64)
bearer=$(python3 - "$url" ana@acme "$password" "$new" <<'PYTHON'
import json, sys, urllib.request
url, name, password, new = sys.argv[1:]
def call(method, path, body, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = "Bearer " + token
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None
token = call("POST", "/v1/session", {"login": name, "password": password})["token"]
call("PUT", "/v1/session/password", {"current": password, "password": new}, token)
token = call("POST", "/v1/session", {"login": name, "password": new})["token"]
catalogue = urllib.request.Request(url + "/v1/session", headers={"authorization": "Bearer " + token})
permissions = json.load(urllib.request.urlopen(catalogue))["permissions"]
key = call("POST", "/v1/keys", {"code": "schemathesis", "name": "Schemathesis", "permissions": permissions}, token)
print(key["secret"])
PYTHON
)
# Sessions would end and streams stay open: what those routes do has tests of its own
cd "$folder"
"$tools/bin/schemathesis" run "$url/v1/openapi.json" \
    --header "Authorization: Bearer $bearer" --phases examples,coverage,fuzzing --max-examples 25 --seed 1 --workers 2 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --exclude-path-regex '^/v1/(live|session|awake)' --request-timeout 30 --suppress-health-check all "$@"
