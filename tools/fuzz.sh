#!/bin/bash
# Runs every fuzz target for SECONDS_EACH; what once crashed stands in test/fuzz/corpus/NAME and is replayed first.
# Last line: how many targets ran. Results for the test count: build-fuzz/fuzz.junit.xml.
set -u
cd "$(dirname "$0")/.."
seconds=${1:-600}
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null || exit 1
meson compile -C build-fuzz || exit 1
ran=0 bad=0
{ echo '<testsuites><testsuite name="fuzz">'
for target in build-fuzz/*_fuzz; do
	[ -x "$target" ] || continue
	name=$(basename "$target" _fuzz); ran=$((ran + 1))
	mkdir -p "build-fuzz/corpus/$name" "test/fuzz/corpus/$name"
	dictionary=(); [ -f "test/fuzz/$name.dict" ] && dictionary=(-dict="test/fuzz/$name.dict")
	if "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 "${dictionary[@]}" \
		-artifact_prefix="build-fuzz/crash-$name-" "build-fuzz/corpus/$name" "test/fuzz/corpus/$name" >&2; then
		echo "<testcase classname=\"fuzz\" name=\"$name\"/>"
	else
		bad=$((bad + 1)); echo "<testcase classname=\"fuzz\" name=\"$name\"><failure/></testcase>"
	fi
	rmdir --ignore-fail-on-non-empty "test/fuzz/corpus/$name" test/fuzz/corpus 2>/dev/null
done
echo '</testsuite></testsuites>'; } >build-fuzz/fuzz.junit.xml
for target in build-fuzz/*_fuzz; do [ -x "$target" ] && [ "$bad" -gt 0 ] && ls build-fuzz/crash-* 2>/dev/null && break; done
echo "fuzz: $ran targets, ${seconds} s each, $bad found something"
[ "$bad" -eq 0 ] && [ "$ran" -gt 0 ]
