#!/usr/bin/python3
"""Makes detect's tables (C) from data/card-ranges.csv and data/card-test-numbers.txt.

usage: mkranges.py card-ranges.csv card-test-numbers.txt out.h
"""
import csv
import sys


def lengths(text):
    """"16-19" or "16;18;19" as a set of bits."""
    bits = 0
    for part in text.split(";"):
        low, _, high = part.partition("-")
        for n in range(int(low), int(high or low) + 1):
            if not 12 <= n <= 19:
                raise SystemExit(f"length {n} is outside 12 to 19")
            bits |= 1 << n
    return bits


def main():
    ranges, numbers, out = sys.argv[1:]
    rows = []
    with open(ranges, encoding="ascii", newline="") as f:
        for r in csv.DictReader(f):
            low, high = r["iin_low"], r["iin_high"]
            if len(low) != len(high) or len(low) > 8 or low > high or r["tier"] not in "ABCD" or r["luhn"] not in ("yes", "no"):
                raise SystemExit(f"{ranges}: this row is not understood: {r}")
            if low.startswith("65") and high.startswith("65") and r["brand"] != "discover":
                continue  # co-badges of 65 go by the network's name
            rows.append((r["tier"], -len(low), low, high, lengths(r["lengths"]), r["luhn"] == "yes", r["brand"]))
    rows.sort(key=lambda r: r[:4])  # the first that fits counts: the surest tier, then the longest prefix
    begin, loose = [0] * 10000, [0] * 100
    for _, _, low, high, bits, luhn, _ in rows:
        for first2 in range(int(low[:2].ljust(2, "0")), int(high[:2].ljust(2, "9")) + 1):
            loose[first2] |= 0 if luhn else bits
        for first4 in range(int(low[:4].ljust(4, "0")), int(high[:4].ljust(4, "9")) + 1):
            begin[first4] |= bits
    with open(numbers, encoding="ascii") as f:
        tests = sorted(int(line) for line in f if line.strip() and not line.startswith("#"))
    with open(out, "w", encoding="ascii") as f:
        f.write("/* made by tools/mkranges.py */\n")
        f.write("static const struct range ranges[] = {\n")
        for tier, _, low, high, bits, luhn, brand in rows:
            f.write(f"\t{{ {int(low.ljust(8, '0'))}, {int(high.ljust(8, '9'))}, {bits:#x}, '{tier}', {str(luhn).lower()}, \"{brand}\" }},\n")
        f.write("};\n\n/* by the first four digits: the lengths, from 12 on, that some range has */\nconst uint8_t card_beginnings[CARD_BEGINNINGS] = {\n")
        f.writelines("\t" + ",".join(str(b >> 12) for b in begin[i:i + 50]) + ",\n" for i in range(0, 10000, 50))
        f.write("};\n\n/* by the first two digits: the lengths, from 12 on, of ranges without a check digit */\nconst uint8_t card_unchecked[100] = {\n")
        f.write("\t" + ",".join(str(b >> 12) for b in loose) + ",\n};\n/* and the first range that may fit */\nstatic const uint8_t first_range[100] = {\n")
        f.write("\t" + ",".join(str(next((i for i, r in enumerate(rows) if r[2][:2].ljust(2, "0") <= f"{n:02}" <= r[3][:2].ljust(2, "9")), len(rows))) for n in range(100)) + ",\n};\n\nstatic const uint64_t test_numbers[] = {\n")
        f.writelines(f"\t{n}u,\n" for n in tests)
        f.write("};\n")


main()
