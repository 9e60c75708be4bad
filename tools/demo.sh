#!/bin/bash
# demo.sh PROGRAM [FOLDER]: the main job on the sample business, step by step, in FOLDER (build/demo). Every command is shown as you would type it.
set -eu
cd "$(dirname "$0")/.."
program=$(realpath "$1")
here=${2:-build/demo}
rm -rf "$here"; mkdir -p "$here"
umask 077
head -c 18 /dev/urandom | base64 >"$here/passphrase"
export HANDBACK_DATA=$here/fernwood HANDBACK_PASSPHRASE_FILE=$here/passphrase
bold=$(tput bold 2>/dev/null || true) plain=$(tput sgr0 2>/dev/null || true)
step() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; shift; printf '%s$ handback' "$bold"; printf ' %q' "$@"; printf '%s\n' "$plain"; "$program" "$@" 2> >(grep -v '^data: ' >&2); }
may() { step "$@" || [ $? -eq 1 ]; }      # 1: done, and the answer needs attention

step "An invented plumber: three vans with phone readers, an office, 2,900 customers, a year of payments" sample "$here/exports"
step "A folder and a vault for the business" init --name "Fernwood Plumbing" --region US-NY --timezone America/New_York
step "How customers reach us: it stands on every letter" set business.phone "(202) 555-0100"
"$program" set business.address "12 Mill St, Millbrook, NY 12545" >/dev/null 2>&1
"$program" set mail.from "care@fernwood.example.com" >/dev/null 2>&1
may "What the payment service exported: the customers" import "$here/exports/square-customers.csv"
may "... and the payments" import "$here/exports/square-transactions.csv"
step "Reader 2 was bad from 27 November to 15 December" incident open --title "A card skimmer was found on one of our card readers" \
	--holder "reader:Van 2 reader" --from 2025-11-27 --to 2025-12-15 --only passing
step "Who is at risk?" incident exposed 1
one=$("$program" incident exposed 1 --refs 2>/dev/null | sed -n 3p)
step "Why this one?" incident exposed 1 --why "$one"
step "A letter to each of them" notice draft 1
step "What one of them will read" notice preview 1.1 --customer "$one"
step "Yes, send it (the passphrase is asked again)" notice approve 1.1
may "Out they go: no mail server is set, so mails go into the folder outbox; who has no e-mail gets a printed letter" notice send 1.1
may "Is everybody reached?" notice status 1.1
step "Nothing was changed behind our back" log verify
may "Everything proved sound" check
printf '\n%sLook at this next:%s\n' "$bold" "$plain"
printf '  one of the mails        less "%s"\n' "$(find "$here/fernwood/outbox" -name '*.eml' | sort | head -n 1)"
printf '  the printed letters     %s\n' "$(find "$here/fernwood/outbox" -name '*.pdf' | sort | head -n 1)"
printf '  all of it in a browser  build/handback --data %s ui      (the passphrase: cat %s)\n' "$here/fernwood" "$here/passphrase"
printf '  your own export         build/handback --data DIR init --name NAME; build/handback --data DIR import FILE\n'
printf '  everything it can do    build/handback --help\n'
