#!/bin/bash
# Runs every fuzz target for SECONDS_EACH, one on each core; what once crashed stands in test/fuzz/corpus/NAME and is replayed first.
# Last line: how many targets ran. Results for the test count: build-fuzz/fuzz.junit.xml.
set -u
cd "$(dirname "$0")/.."

one() {       # target, seconds: writes its line of the results beside its corpus
	local target=$1 seconds=$2 name dictionary=() bad=
	name=$(basename "$target" _fuzz)
	mkdir -p "build-fuzz/corpus/$name" "test/fuzz/corpus/$name"
	[ -f "test/fuzz/$name.dict" ] && dictionary=(-dict="test/fuzz/$name.dict")
	"$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 "${dictionary[@]}" \
		-artifact_prefix="build-fuzz/crash-$name-" "build-fuzz/corpus/$name" "test/fuzz/corpus/$name" >"build-fuzz/corpus/$name.log" 2>&1 \
		|| bad='<failure/>'
	echo "<testcase classname=\"fuzz\" name=\"$name\">$bad</testcase>" >"build-fuzz/corpus/$name.xml"
	cat "build-fuzz/corpus/$name.log" >&2
	rmdir --ignore-fail-on-non-empty "test/fuzz/corpus/$name" 2>/dev/null
}
if [ "${1:-}" = --one ]; then one "$3" "$2"; exit 0; fi

seconds=${1:-600}
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null || exit 1
meson compile -C build-fuzz || exit 1
rm -f build-fuzz/corpus/*.xml
printf '%s\n' build-fuzz/*_fuzz | xargs -P "$(nproc)" -n 1 tools/fuzz.sh --one "$seconds"
rmdir --ignore-fail-on-non-empty test/fuzz/corpus 2>/dev/null
{ echo '<testsuites><testsuite name="fuzz">'; cat build-fuzz/corpus/*.xml; echo '</testsuite></testsuites>'; } >build-fuzz/fuzz.junit.xml
ran=$(grep -c '<testcase' build-fuzz/fuzz.junit.xml) bad=$(grep -c '<failure' build-fuzz/fuzz.junit.xml)
[ "$bad" -eq 0 ] || ls build-fuzz/crash-*
echo "fuzz: $ran targets, $seconds s each, $bad found something"
[ "$bad" -eq 0 ] && [ "$ran" -eq "$(printf '%s\n' build-fuzz/*_fuzz | wc -l)" ]
