#!/usr/bin/python3
"""Makes detect's tables of words (C) from data/find-words.csv.

usage: mkwords.py find-words.csv out.h
"""
import csv
import math
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
    return ord(c) - ord("a") + 1 if "a" <= c <= "z" else 27 if c == "é" else 0


def cost_of(group):
    """How many words fit a group: each letter may come with the others'."""
    return math.prod(len(set(letters)) for letters in zip(*group))


def stem_groups(stems, most):
    """At most so many groups, each of stems that are alike: then little else fits one."""
    groups = [[s] for s in sorted(stems)]
    while len(groups) > most:
        _, a, b = min((cost_of(a + b) - cost_of(a) - cost_of(b), a, b) for i, a in enumerate(groups) for b in groups[:i])
        groups = [g for g in groups if g not in (a, b)] + [a + b]
    return groups


def letters_of(groups):
    """Of each of four letters a bit for each group of words that may have it there; and the groups that may have anything."""
    letters, anything = [[0] * 32 for _ in range(STEM)], [0] * STEM
    for bit, group in enumerate(groups):
        for i in range(STEM):
            here = {letter_class(w[i]) - 1 for w in group if i < len(w) and w[i] != " "}
            for c in here:
                letters[i][c] |= 1 << bit
            anything[i] |= 0 if here else 1 << bit
    return letters, anything


def stem_tables(words, parts):
    """By the first four letters: bit 0 for words of two letters, 1 of three, 2 and 3 for what begins longer words, the rest for parts."""
    parts = {w[:STEM] for w, m in parts if m in TELLING}
    words = {w[:STEM] for w, m in words.items() if m in TELLING} - parts
    groups = [[w for w in words if len(w) == 2], [w for w in words if len(w) == 3], *stem_groups([w for w in words if len(w) == STEM], 2), *stem_groups(parts, 4)]
    return letters_of(groups)


def label_ends(labels):
    """How words that may label a number end, in four letters; "_": any letter or none. An accent makes a letter two bytes, or one, over 127."""
    ends = {"_ né", "_néé", "itéé", "rité", "nééa", "anéa"}  # née, sécurité, segurança
    for word, meaning in labels:
        whole = len(word) < 3 or (meaning == "filler" and word != "num")  # "passportnum"
        ends.add(word[-4:] if len(word) > 3 else word.rjust(3).rjust(4, " " if whole and len(word) == 3 else "_"))
    return ends


def main():
    source, out = sys.argv[1:]
    words, parts, labels = {}, [], []
    with open(source, encoding="ascii", newline="") as f:
        for row in csv.DictReader(line for line in f if not line.startswith("#")):
            word, meaning = row["word"], row["meaning"]
            if not word.isalnum() or word != word.lower() or len(word) > 31 or row["match"] not in ("word", "part"):
                raise SystemExit(f"{source}: this row is not understood: {row}")
            if row["match"] == "part":
                parts.append((word, meaning))
                if meaning == "code":
                    labels.append((word, meaning))
                continue
            if word in words:
                raise SystemExit(f"{source}: {word} stands there twice")
            words[word] = meaning
            if meaning in LABELS and word.isalpha():
                labels.append((word, meaning))
    ends = sorted(label_ends(labels))
    parts.sort()
    slots = [("", "none")] * SLOTS
    for word, meaning in words.items():
        at = word_hash(word)
        while slots[at][0]:
            at = (at + 1) % SLOTS
        slots[at] = (word, meaning)
    before = {}
    for first, a, b, c in ends:
        at = letter_class(a) << 10 | letter_class(b) << 5 | letter_class(c)
        before[at] = before.get(at, 0) | (0x1FFFFFFF if first == "_" else 1 << letter_class(first))
    with open(out, "w", encoding="ascii") as f:
        f.write(f"/* made by tools/mkwords.py */\nstatic const struct word {{ const char *word; enum sense sense; }} slots[{SLOTS}] = {{\n")
        f.writelines(f'\t[{i}] = {{ "{w}", SENSE_{m.upper()} }},\n' for i, (w, m) in enumerate(slots) if w)
        f.write("};\n\nstatic const struct word parts[] = {\n")
        f.writelines(f'\t{{ "{w}", SENSE_{m.upper()} }},\n' for w, m in parts)
        first = [sum(w[0] < chr(97 + i) for w, _ in parts) for i in range(27)]
        f.write("};\n\n/* where the parts that begin with each letter begin */\nstatic const unsigned char part_first[27] = { " + ", ".join(map(str, first)) + " };\n")
        f.write("static const struct { uint32_t second; } part_begins[26] = {\n")
        f.writelines("\t{ " + hex(sum({1 << (ord(w[1]) - 97) for w, _ in parts if w[0] == chr(97 + i)})) + " },\n" for i in range(26))
        f.write("};\n\n/* words that may label a number: by the classes of their last three letters, which classes may stand in front */\n")
        number = {at: i + 1 for i, at in enumerate(before)}
        classes = [27 if c > 127 else 28 if chr(c).isdigit() else 32 if c == 10 else letter_class(chr(c).lower()) for c in range(256)]
        f.write("const unsigned char class_of[256] = { " + ",".join(map(str, classes)) + " };\n")
        f.write("const unsigned char end_of[1 << 15] = {\n")
        f.writelines("\t" + ",".join(str(number.get(i, 0)) for i in range(at, at + 32)) + ",\n" for at in range(0, 1 << 15, 32))
        f.write("};\nconst uint32_t end_before[] = {\n\t0,\n")
        f.writelines(f"\t{mask:#x},\n" for mask in before.values())
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
        letters, anything = stem_tables(words, parts)
        f.write(f"const unsigned char stem_letters[{STEM}][32] = {{\n")
        f.writelines("\t{ " + ",".join(map(str, row)) + " },\n" for row in letters)
        f.write(f"}}, stem_any[{STEM}] = {{ " + ", ".join(map(str, anything)) + " };\n")


main()
