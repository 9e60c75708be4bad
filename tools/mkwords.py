#!/usr/bin/python3
"""Makes detect's tables of words (C) from data/find-words.csv.

usage: mkwords.py find-words.csv out.h
"""
import csv
import sys

SLOTS = 2048
LABELS = {"code", "birth", "passport", "licence", "permit", "filler"}  # what may stand right in front of a number that no pattern tells


# what other.c looks for only where a word says so: where these begin is looked up at once in a whole block (telling.c)
TELLING = {"ssn", "itin", "sin", "routing", "birth", "passport", "licence", "permit"}
STEM = 4


def word_hash(word):
    """The same as in words.c."""
    h = len(word)
    for c in word.encode("ascii"):
        h = (h * 31 + c) & 0xFFFFFFFF
    return (h ^ h >> 11) & (SLOTS - 1)


def letter_class(c):
    return ord(c) - ord("a") + 1 if "a" <= c <= "z" else 0


def halves_cost(group):
    """How many beginnings fit a group: each letter's low half may come with another's high one."""
    cost = 1
    for letters in zip(*group):
        cost *= len({ord(c) & 15 for c in letters}) * len({ord(c) >> 4 for c in letters})
    return cost


def stem_groups(stems, most):
    """At most so many groups, each of stems that are alike: then little else fits one."""
    groups = [[s] for s in sorted(stems)]
    while len(groups) > most:
        _, a, b = min((halves_cost(a + b) - halves_cost(a) - halves_cost(b), a, b) for i, a in enumerate(groups) for b in groups[:i])
        groups = [g for g in groups if g not in (a, b)] + [a + b]
    return groups


def stem_tables(words, parts):
    """Of each of the first four letters, by its halves, a bit for each group of words that may have it there: 0 for words of two letters, 1 of
    three, 2 and 3 for what begins longer words, the rest for parts."""
    parts = {w[:STEM] for w, m in parts if m in TELLING}
    words = {w[:STEM] for w, m in words.items() if m in TELLING} - parts
    groups = [[w for w in words if len(w) == 2], [w for w in words if len(w) == 3], *stem_groups([w for w in words if len(w) == STEM], 2), *stem_groups(parts, 4)]
    halves = [[[0] * 16 for _ in range(2)] for _ in range(STEM)]
    for bit, group in enumerate(groups):
        for i in range(STEM):
            letters = {ord(w[i]) for w in group if i < len(w)} or range(256)
            for c in letters:
                halves[i][0][c & 15] |= 1 << bit
                halves[i][1][c >> 4] |= 1 << bit
    return halves


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
        telling = sorted({(w, "true") for w, m in words.items() if m in TELLING} | {(w, "false") for w, m in parts if m in TELLING})
        f.write("};\n\n/* the words of other.c's sorts, and by their first four letters, or less, where each begins */\n")
        f.write("static const struct { const char *word; bool whole; } telling[] = {\n")
        f.writelines(f'\t{{ "{w}", {whole} }},\n' for w, whole in telling)
        f.write("};\nstatic const struct { uint32_t letters, mask; unsigned char from, to; } stem[] = {\n")
        first = [0] * 27
        for s in sorted({w[:STEM] for w, _ in telling}):
            letters, mask = (sum(c << 8 * i for i, c in enumerate(part)) for part in (s.encode(), b"\xff" * len(s)))
            places = [i for i, (w, _) in enumerate(telling) if w[:STEM] == s]
            f.write(f"\t{{ {letters:#x}, {mask:#x}, {places[0]}, {places[-1] + 1} }},\n")
            first[ord(s[0]) - 96:] = [n + 1 for n in first[ord(s[0]) - 96:]]
        f.write("};\nstatic const unsigned char stem_first[27] = { " + ", ".join(map(str, first)) + " };\n")
        f.write(f"const unsigned char stems[{STEM}][2][16] = {{\n")
        f.writelines("\t{ { " + " }, { ".join(",".join(map(str, half)) for half in halves) + " } },\n" for halves in stem_tables(words, parts))
        f.write("};\n")


main()
