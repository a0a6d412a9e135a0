#!/usr/bin/env bash
# The console's tests: types, texts in both languages, pure logic, the weight of the first load, and every page in a real
# browser against the real server (`target/debug/campo`, or CONSOLE_BINARY). Names after it pick files: console/test.sh board
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./node.sh
started=$SECONDS budget=600
node_ready
packages_ready
npm run -s build
# Every text that the code has is in the catalogues: extracting again changes nothing.
before=$(cat src/locales/*.po src/features/*/locales/*.po | sha256sum)
npm run -s extract >/dev/null
after=$(cat src/locales/*.po src/features/*/locales/*.po | sha256sum)
[ "$before" = "$after" ] || { echo "texts are missing in the catalogues: run 'npm run extract' in console/ and translate" >&2; exit 1; }
npm run -s test
if [ "${CONSOLE_BROWSER:-yes}" = yes ]; then
    chromium_ready
    npm run -s browser -- "$@"
fi
echo "console: $((SECONDS - started)) s of $budget s"
