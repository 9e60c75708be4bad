#!/bin/bash
# Installs what is missing of the Debian packages in tools/packages.txt, for the named groups, and of package-lock.json from npm: what the
# look is built with, and for the group test also what pages are tested with. Says nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
export PATH="/usr/bin:/bin:/usr/sbin:/sbin:$PATH"
log=/tmp/handback-deps.$$
trap 'rm -f "$log"' EXIT
give_up() { tail -n 20 "$log" >&2; echo "deps: $1 could not install what is named above. Check the network and run make deps again." >&2; exit 1; }

# another package may stand in for one (nodejs from elsewhere brings its npm)
there=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | sed -n 's/^installed //p' | sed 's/([^)]*)//g; s/,/ /g' | tr '\n' ' ') "
missing=()
for group; do
	for package in $(sed -n "s/^$group: *//p" tools/packages.txt); do
		[[ $there == *" $package "* ]] || missing+=("$package")
	done
done
if [ ${#missing[@]} -gt 0 ]; then
	as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
	echo "Installing: ${missing[*]}" >&2
	export DEBIAN_FRONTEND=noninteractive
	"${as_root[@]}" apt-get -qq update >&2
	"${as_root[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 || give_up apt-get
fi

wanted=(sass) more=(--omit=dev)
[[ " $* " != *" test "* ]] || wanted+=(axe-core) more=()
for package in "${wanted[@]}"; do
	[ -d "node_modules/$package" ] && [ node_modules/.package-lock.json -nt package-lock.json ] && continue
	echo "Installing from npm: what package.json names" >&2
	npm ci --ignore-scripts --omit=optional "${more[@]}" --no-fund --no-audit >"$log" 2>&1 || give_up npm
	break
done
