#!/bin/sh
# Installs the manual and what completes commands in a shell, as the program itself makes them (meson install calls it).
set -eu
share=$MESON_INSTALL_DESTDIR_PREFIX/share
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$1" help --man "$made"
install -d "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d"
install -m 644 "$made"/*.1 "$share/man/man1"
for shell in bash zsh fish; do "$1" help --completion "$shell" >"$made/$shell"; done
install -m 644 "$made/bash" "$share/bash-completion/completions/handback"
install -m 644 "$made/zsh" "$share/zsh/site-functions/_handback"
install -m 644 "$made/fish" "$share/fish/vendor_completions.d/handback.fish"
