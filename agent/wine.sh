#!/bin/sh
# Tries campo-agent for Windows under Wine: wine.sh FOLDER, where build.sh put it. The tests of the agent's road run with
# it in the place of the one for this machine, and it is installed, started and stopped as a service. Installs Wine where
# it is missing (root). What Wine cannot prove stands in docs/exchange.md.
set -eu
cd "$(dirname "$0")/.."
folder=$(realpath "$1")
target="${CARGO_TARGET_DIR:-target}"
here="$(realpath "$target")/agent-wine"
wine=/usr/lib/wine/wine64
export DEBIAN_FRONTEND=noninteractive WINEPREFIX="$here/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
[ -x "$wine" ] || apt-get install -y --no-install-recommends wine64

# One that dies where a test says so
agent/build.sh windows "$here" --config 'profile.release.package.campo-agent.debug-assertions=true' >/dev/null
# Rust takes its chance from a library of Windows 10 that Wine 8 does not have yet
printf '%s\n' '#include <windows.h>' 'BOOLEAN WINAPI SystemFunction036(PVOID, ULONG);' \
    '__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T length) { return SystemFunction036(to, length); }' \
    >"$here/chance.c"
x86_64-w64-mingw32-gcc -shared -o "$here/bcryptprimitives.dll" "$here/chance.c" -ladvapi32
[ -d "$WINEPREFIX" ] || timeout 300 "$wine" wineboot -i
printf '#!/bin/sh\nexec %s "%s/campo-agent-windows-x86_64.exe" "$@"\n' "$wine" "$here" >"$here/campo-agent"
chmod +x "$here/campo-agent"
"$here/campo-agent" --version

export CAMPO_TEST_AGENT="$here/campo-agent"
cargo build --workspace --bins
timeout 1800 cargo test -p campo-tests --test all -- --test-threads 1 exchange::agent_process::on_sqlite::a_file exchange::agent_process::on_sqlite::an_agent_that

# As a service: nobody answers where it should carry to, and it runs on until it is told to stop
mkdir -p "$here/service/state"
cp "$folder/campo-agent-windows-x86_64.exe" "$here/service/"
cp "$here/bcryptprimitives.dll" "$here/service/"
printf "server = 'https://127.0.0.1:9'\ncode = 'x'\nstate = '%s'\n[[out]]\nfrom = 'out'\nfolder = '%s'\n" \
    "$here/service/state" "$here/service" >"$here/service/campo-agent.toml"
timeout 60 "$wine" "$here/service/campo-agent-windows-x86_64.exe" --config "$here/service/campo-agent.toml" install
state() { timeout 60 "$wine" sc query campo-agent | grep -o 'RUNNING\|STOPPED\|_PENDING' | tail -n 1; }
waits_for() { # state
    tries=0
    until [ "$(state)" = "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { echo "wine.sh: the service is $(state), not $1" >&2; exit 1; }
        sleep 1
    done
}
waits_for RUNNING
grep -q ' begins' "$here/service/state/campo-agent.log"
timeout 60 "$wine" sc stop campo-agent >/dev/null
waits_for STOPPED
echo "wine.sh: carried files and worked as a service under $("$wine" --version)"
