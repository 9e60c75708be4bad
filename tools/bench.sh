#!/bin/bash
# Measures ours beside its peers in one run (doc/bench.md). ROWS: touches, 10 million unless told; CUSTOMERS: mails, 20,000; KILLS: 100.
set -eu
cd "$(dirname "$0")/.."
[ -f build-bench/build.ninja ] || meson setup build-bench -Dbuildtype=release -Db_ndebug=false >/dev/null
ninja -C build-bench --quiet handback test/exposure_bench test/walk_bench test/scan_bench test/curl_bench test/paper_bench
# Postfix would take the place of the Exim that the tests use: only unpacked
[ -d build-bench/postfix ] || (cd build-bench && apt-get -qq download postfix && dpkg-deb -x postfix_*.deb postfix) || echo "no Postfix to compare with"
failed=0
/usr/bin/python3 test/bench/bench.py build-bench/handback build-bench/test/exposure_bench build-bench/run "${ROWS:-10000000}" || failed=1
/usr/bin/python3 test/bench/send_bench.py build-bench/handback build-bench/send "${CUSTOMERS:-20000}" --curl build-bench/test/curl_bench --postfix build-bench/postfix \
	--paper build-bench/test/paper_bench || failed=1
HANDBACK=$PWD/build-bench/handback HANDBACK_SOURCE=$PWD PYTHONPATH=test/stories KILLS="${KILLS:-100}" KILL_CUSTOMERS=8000 /usr/bin/python3 test/stories/notice_kill.py || failed=1
/usr/bin/python3 test/bench/serve_bench.py build-bench/handback build-bench/serve || failed=1
/usr/bin/python3 test/bench/load_bench.py build-bench/handback build-bench/load || failed=1
/usr/bin/python3 test/bench/find_exact.py build-bench/handback build-bench/exact || failed=1
/usr/bin/python3 test/bench/find_bench.py build-bench/handback build-bench/test/walk_bench build-bench/find --engine build-bench/test/scan_bench || failed=1
/usr/bin/python3 test/bench/corpus_text.py make build-bench/text 1500 1 >/dev/null && /usr/bin/python3 test/bench/corpus_text.py judge build-bench/test/scan_bench build-bench/text || failed=1
exit $failed
