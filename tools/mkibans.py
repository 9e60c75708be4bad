#!/usr/bin/python3
"""Makes detect's table of IBANs (C) from data/ibans.txt.

usage: mkibans.py ibans.txt out.h
"""
import re
import sys


def main():
    source, out = sys.argv[1:]
    rows = []
    with open(source, encoding="ascii") as f:
        for line in f:
            if line.startswith("#"):
                continue
            country, length, shape = line.split()
            shape = "".join(kind * int(n) for n, kind in re.findall(r"(\d+)([nac])", shape))
            if len(shape) + 4 != int(length):
                raise SystemExit(f"{source}: {country}: the structure is not {length} long")
            rows.append((country, length, shape))
    with open(out, "w", encoding="ascii") as f:
        f.write("/* made by tools/mkibans.py */\nstatic const struct { char country[3]; const char *shape; } ibans[] = {\n")
        f.writelines(f'\t{{ "{c}", "{s}" }},\n' for c, _, s in rows)
        lengths = {c: n for c, n, _ in rows}
        letters = [chr(65 + i) for i in range(26)]
        f.write("};\n\n/* by the country's two letters */\nstatic const unsigned char iban_length[26][26] = {\n")
        f.writelines("\t{ " + ", ".join(lengths.get(a + b, "0") for b in letters) + " },\n" for a in letters)
        f.write("};\n")


main()
