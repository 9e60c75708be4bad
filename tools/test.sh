#!/bin/bash
# Runs all tests: `tools/test.sh build` everything that `make test` promises; `tools/test.sh --asan` the whole suite under
# AddressSanitizer and UBSan. Ends with a line `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
export PATH="/usr/bin:/bin:/usr/sbin:/sbin:$PATH"
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
[ -f test/lsan.supp ] && export LSAN_OPTIONS=suppressions=$PWD/test/lsan.supp:print_suppressions=0
say() { printf '\n== %s\n' "$*"; }
failed=0 suites=()

setup() {     # folder, options...
	local folder=$1; shift
	[ -f "$folder/build.ninja" ] || meson setup "$folder" "$@" >"/tmp/handback-setup.$$" 2>&1 || { cat "/tmp/handback-setup.$$"; exit 1; }
	rm -f "/tmp/handback-setup.$$"
}

run() {       # name, folder, options for `meson test`...
	local name=$1 folder=$2; shift 2
	say "$name"
	if ! meson compile -C "$folder" --ninja-args=--quiet 2>&1 | grep -v '^INFO:\|^ninja: \|^Found ninja'; then :; fi
	# two more than there are cores: a good part of the stories waits, for a mail server or a clock
	meson test -C "$folder" --num-processes $(($(nproc) + 2)) --print-errorlogs --logbase "$name" "$@" 2>&1 | grep -v '^ninja: ' || failed=1
	suites+=("$folder/meson-logs/$name.junit.xml")
}

if [ "${1:-}" = --asan ]; then
	setup build-asan -Db_sanitize=address,undefined -Db_lundef=false
	KILLS=100 KILL_CUSTOMERS=8000 run asan build-asan --timeout-multiplier 5
else
	run all "${1:-build}"
	# one more build for both: clang's warnings, the units under its sanitizers, and the fuzz targets (`make asan` has gcc's)
	CC=clang setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
	HANDBACK_WORLDS=300 run sanitized-units build-fuzz --suite unit --timeout-multiplier 5
	say "fuzz targets, a short run each"
	tools/fuzz.sh "${FUZZ_SECONDS:-5}" >build-fuzz/fuzz.log 2>&1 || { failed=1; tail -n 40 build-fuzz/fuzz.log; }
	tail -n 1 build-fuzz/fuzz.log
	suites+=(build-fuzz/fuzz.junit.xml)
fi

python3 - "$failed" "${suites[@]}" <<'PY'
import sys, xml.etree.ElementTree as tree
passed = failed = 0
for path in sys.argv[2:]:
    try:
        for case in tree.parse(path).getroot().iter("testcase"):
            bad = any(case.find(k) is not None for k in ("failure", "error"))
            if case.find("skipped") is None:
                passed, failed = passed + (not bad), failed + bad
    except (OSError, tree.ParseError) as e:
        print(f"no results in {path}: {e}")
        failed += 1
if sys.argv[1] != "0" and not failed:
    failed = 1
print(f"\n{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
PY
