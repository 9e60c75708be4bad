#!/bin/bash
# Installs what is missing of the Debian packages in tools/packages.txt, for the named groups. Says nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
missing=()
for group; do
	for package in $(sed -n "s/^$group: *//p" tools/packages.txt); do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
	done
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "Installing: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -qq update >&2
"${as_root[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/tmp/handback-deps.$$ 2>&1 || {
	tail -n 20 /tmp/handback-deps.$$ >&2; rm -f /tmp/handback-deps.$$
	echo "deps: apt-get could not install the packages above. Check the network and run make deps again." >&2; exit 1; }
rm -f /tmp/handback-deps.$$
