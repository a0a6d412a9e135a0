#!/usr/bin/env bash
# Lets libFuzzer make up what strangers send, SECONDS for each target (600 when absent): fuzz/fuzz.sh [SECONDS] [TARGET…].
# Begins with the files that went wrong before. Installs cargo-fuzz where it is missing; needs Rust's nightly.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
seconds=${1:-600}
shift || true
rustup toolchain list 2>/dev/null | grep -q nightly || { echo "fuzz.sh: rustup toolchain install nightly" >&2; exit 1; }
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo +nightly fuzz list)
for target in "${targets[@]}"; do
    corpus=corpus/$target
    mkdir -p "$corpus"
    case $target in
        spreadsheet) find ../tests/samples -type f \( -name 'input.*' -o -path '*/corpus/*/*' ! -name '*.table' \) -size -200k |
            while read -r file; do
                cp -n "$file" "$corpus/$(basename "$(dirname "$file")")-$(basename "$file")"
            done ;;
        envelope) find ../tests -name '*.xml' -size -100k -exec cp -n {} "$corpus" \; ;;
    esac
    echo "== $target, $seconds s"
    # Bounds of the readers are smaller: what takes more is a fault
    cargo +nightly fuzz run "$target" --fuzz-dir . -- -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 \
        -max_len=65536 -print_final_stats=1 2>&1 | grep -E "^(stat::|#.*(DONE|pulse)|==|SUMMARY|thread|artifact|panicked)|panicked|ERROR" | tail -15
done
