#!/usr/bin/python3
"""Makes the stubs (C) of functions whose libraries are loaded when the first of them is called (src/late.h).

Loading all libraries takes most of the time of a start, and most starts need few. Linked in front of a library, its stubs stand for its
functions, and the linker leaves the library out. Which functions: those that the rooms' archives ask for and the library has.

usage: mklate.py COMPILER OUT.c LIBRARY,... ARCHIVE...
"""
import os
import subprocess
import sys


def lines_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def defined(path):
    """Name -> sort of symbol, as nm tells it."""
    fields = (line.split() for line in lines_of("nm", "-D", "--defined-only", path))
    return {f[2].split("@")[0]: f[1] for f in fields if len(f) == 3}


def main():
    compiler, out, libraries, *archives = sys.argv[1:]
    asked = {}                                             # name -> the rooms that ask for it
    for archive in archives:
        room = os.path.basename(archive)[3:-2]
        for line in lines_of("nm", "-u", archive):
            if line.startswith(" ") and line.split():
                asked.setdefault(line.split()[-1], set()).add(room)
    names, tables = [], []
    for library in libraries.split(","):
        path = lines_of(compiler, f"-print-file-name=lib{library}.so")[0]
        file = next(line.split()[1] for line in lines_of("objdump", "-p", path) if "SONAME" in line)
        symbols = defined(path)
        here = sorted(symbols.keys() & asked.keys() - set(names))
        data = [name for name in here if symbols[name] not in "TWi"]
        if data:
            raise SystemExit(f"mklate: {library} cannot be late: {', '.join(data)} is no function")
        rooms = sorted(set().union(*(asked[name] for name in here)))
        tables.append((file, len(names), len(here), " ".join(["", *rooms, ""])))
        names += here
    with open(out, "w", encoding="ascii") as f:
        f.write('/* made by tools/mklate.py */\n#include "late_int.h"\n\n')
        f.write(f"_Alignas(LATE_PAGE) void *late_slot[{len(names)} + LATE_PAGE / sizeof(void *) - {len(names)} % (LATE_PAGE / sizeof(void *))];\n")
        f.write("const size_t late_slots_size = sizeof late_slot;\n\nconst char *const late_name[] = {\n")
        f.writelines(f'\t"{name}",\n' for name in names)
        f.write("};\n\nstruct late_library late_libraries[] = {\n")
        f.writelines(f'\t{{ "{file}", {first}, {n}, "{rooms}", false }},\n' for file, first, n, rooms in tables)
        f.write("\t{ 0 },\n};\n\n")
        f.writelines(f"LATE_STUB({name}, {i})\n" for i, name in enumerate(names))


main()
