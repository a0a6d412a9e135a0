#!/bin/sh
# Creates or changes tasks by REST: each by the customer's own number, with an outcome of its own.
set -eu
curl --silent --show-error --fail-with-body "$CAMPO_URL/v1/tasks/batch" \
    --header "Authorization: Bearer $CAMPO_KEY" \
    --header 'Content-Type: application/json' \
    --data '{"tasks": [{"task_number": 700124, "description": "Install the router", "customer_name": "Example customer"}]}'
