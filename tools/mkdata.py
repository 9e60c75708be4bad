#!/usr/bin/python3
"""mkdata OUT.c OUT.h FILE...: each file becomes `const struct str data_NAME`, its bytes in the program.

NAME is the file's name with every character that C does not take turned into an underscore. A 0 follows the bytes.
"""
import os
import re
import sys


def main():
    out_c, out_h, *files = sys.argv[1:]
    names = [(re.sub(r"\W", "_", os.path.basename(f)), f) for f in sorted(files)]
    if len({n for n, _ in names}) != len(names):
        sys.exit("mkdata: two files have the same name")
    guard = re.sub(r"\W", "_", os.path.basename(out_h)).upper()
    with open(out_h, "w", encoding="utf-8") as h:
        h.write(f"/* Made by mkdata. */\n#ifndef {guard}\n#define {guard}\n#include \"base.h\"\n")
        for name, _ in names:
            h.write(f"extern const struct str data_{name};\n")
        h.write("#endif\n")
    with open(out_c, "w", encoding="utf-8") as c:
        c.write(f'/* Made by mkdata. */\n#include "{os.path.basename(out_h)}"\n')
        for name, path in names:
            with open(path, "rb") as f:
                data = f.read()
            c.write(f"static const unsigned char bytes_{name}[] = {{\n")
            for i in range(0, len(data), 32):
                c.write(",".join(map(str, data[i:i + 32])) + ",\n")
            c.write(f"0}};\nconst struct str data_{name} = {{ (const char *)bytes_{name}, {len(data)} }};\n")


main()
