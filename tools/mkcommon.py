#!/usr/bin/python3
"""mkcommon: the passphrases that are refused, out of the list of common passwords in Debian's john-data, as a sorted C table.

  mkcommon LIST OUT.h

Kept are words of four bytes or more, in lower case: shorter ones would forbid too much when they stand in a longer passphrase.
"""
import sys

with open(sys.argv[1], encoding="latin-1") as f:
    words = sorted({w.strip().lower().encode() for w in f if not w.startswith("#!comment") and len(w.strip()) >= 4})
with open(sys.argv[2], "w", encoding="ascii") as out:
    out.write("/* Made by mkcommon. */\nstatic const struct str common[] = {\n")
    for w in words:
        text = "".join(chr(c) if 32 <= c < 127 and chr(c) not in '"\\?' else f"\\{c:03o}" for c in w)
        out.write(f'\t{{ "{text}", {len(w)} }},\n')
    out.write("};\n")
