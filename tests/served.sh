# A real server on a database of its own, for scripts that ask it from outside: to be sourced after `set -eu`. Sets `url`,
# `bearer` (a key that may do everything) and `folder` (a temporary one, the server's log is `folder/log`). Settings come
# from the environment. All of it is gone when the script ends.
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
folder=$(mktemp -d)
server=
touch "$folder/said"
end_served() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap end_served EXIT
export CAMPO_DATA_FOLDER="$folder/data" CAMPO_LISTEN=127.0.0.1:0 CAMPO_LOG_LEVEL="${CAMPO_LOG_LEVEL:-error}"
CAMPO_DATABASE_URL="sqlite:$folder/data/campo.db"
export CAMPO_DATABASE_URL
mkdir -p "$folder/data"
made=$("$target/debug/campo" account create --code acme --name Acme --zone America/Lima --language es --administrator ana@acme)
"$target/debug/campo" serve >"$folder/said" 2>"$folder/log" &
server=$!
until grep -q listening "$folder/said"; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^campo listening on //p' "$folder/said")
bearer=$(python3 tests/served.py "$url" ana@acme "$(printf '%s\n' "$made" | sed -n 2p)")
