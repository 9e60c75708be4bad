#!/bin/bash
# Measures ours beside its peers in one run (ROWS=..., default 10 million touches; about 6 GB in build-bench).
set -eu
cd "$(dirname "$0")/.."
[ -f build-bench/build.ninja ] || meson setup build-bench -Dbuildtype=release -Db_ndebug=false >/dev/null
ninja -C build-bench --quiet handback test/exposure_bench test/walk_bench test/scan_bench
failed=0
/usr/bin/python3 test/bench/bench.py build-bench/handback build-bench/test/exposure_bench build-bench/run "${ROWS:-10000000}" || failed=1
/usr/bin/python3 test/bench/send_bench.py build-bench/handback build-bench/send || failed=1
/usr/bin/python3 test/bench/serve_bench.py build-bench/handback build-bench/serve || failed=1
/usr/bin/python3 test/bench/load_bench.py build-bench/handback build-bench/load || failed=1
/usr/bin/python3 test/bench/find_exact.py build-bench/handback build-bench/exact || failed=1
/usr/bin/python3 test/bench/find_bench.py build-bench/handback build-bench/test/walk_bench build-bench/find --engine build-bench/test/scan_bench || failed=1
/usr/bin/python3 test/bench/corpus_text.py make build-bench/text 1500 1 >/dev/null && /usr/bin/python3 test/bench/corpus_text.py judge build-bench/test/scan_bench build-bench/text || failed=1
exit $failed
