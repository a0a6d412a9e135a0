#!/bin/sh
# Has a public validator judge the OpenAPI document that is committed. Installs it first, into the target folder.
set -eu
cd "$(dirname "$0")/.."
programs=$(sh tests/python.sh validator openapi-spec-validator==0.7.2)
"$programs/openapi-spec-validator" docs/openapi.json
