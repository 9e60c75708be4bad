#!/usr/bin/python3
"""Makes detect's tables of words (C) from data/find-words.csv.

usage: mkwords.py find-words.csv out.h
"""
import csv
import sys

SLOTS = 2048
LABELS = {"code", "birth", "passport", "licence", "permit", "filler"}  # what may stand right in front of a number that no pattern tells


def word_hash(word):
    """The same as in words.c."""
    h = len(word)
    for c in word.encode("ascii"):
        h = (h * 31 + c) & 0xFFFFFFFF
    return (h ^ h >> 11) & (SLOTS - 1)


def letter_class(c):
    return ord(c) - ord("a") + 1 if "a" <= c <= "z" else 0


def main():
    source, out = sys.argv[1:]
    words, parts, ends = {}, [], set()
    with open(source, encoding="ascii", newline="") as f:
        for row in csv.DictReader(line for line in f if not line.startswith("#")):
            word, meaning = row["word"], row["meaning"]
            if not word.isalnum() or word != word.lower() or len(word) > 31 or row["match"] not in ("word", "part"):
                raise SystemExit(f"{source}: this row is not understood: {row}")
            if row["match"] == "part":
                parts.append((word, meaning))
                continue
            if word in words:
                raise SystemExit(f"{source}: {word} stands there twice")
            words[word] = meaning
            if meaning in LABELS and word.isalpha():
                # an accent makes a letter two bytes, or one, over 127: class 27
                ends.add(tuple(letter_class(c) for c in word.rjust(3)[-3:]))
    ends |= {(letter_class("n"), 27, 27), (0, letter_class("n"), 27)}  # né
    parts.sort()
    slots = [("", "none")] * SLOTS
    for word, meaning in words.items():
        at = word_hash(word)
        while slots[at][0]:
            at = (at + 1) % SLOTS
        slots[at] = (word, meaning)
    bits = bytearray(1 << 12)
    for a, b, c in ends:
        at = a << 10 | b << 5 | c
        bits[at >> 3] |= 1 << (at & 7)
    with open(out, "w", encoding="ascii") as f:
        f.write(f"/* made by tools/mkwords.py */\nstatic const struct word {{ const char *word; enum sense sense; }} slots[{SLOTS}] = {{\n")
        f.writelines(f'\t[{i}] = {{ "{w}", SENSE_{m.upper()} }},\n' for i, (w, m) in enumerate(slots) if w)
        f.write("};\n\nstatic const struct word parts[] = {\n")
        f.writelines(f'\t{{ "{w}", SENSE_{m.upper()} }},\n' for w, m in parts)
        first = [sum(w[0] < chr(97 + i) for w, _ in parts) for i in range(27)]
        f.write("};\n\n/* where the parts that begin with each letter begin */\nstatic const unsigned char part_first[27] = { " + ", ".join(map(str, first)) + " };\n")
        f.write("static const struct { uint32_t second; } part_begins[26] = {\n")
        f.writelines("\t{ " + hex(sum({1 << (ord(w[1]) - 97) for w, _ in parts if w[0] == chr(97 + i)})) + " },\n" for i in range(26))
        f.write("};\n\nconst unsigned char word_ends[1 << 12] = {\n")
        f.writelines("\t" + ",".join(map(str, bits[i:i + 32])) + ",\n" for i in range(0, 1 << 12, 32))
        f.write("};\n")


main()
