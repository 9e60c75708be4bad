#!/usr/bin/python3
"""How fast `handback find` is as a whole program, beside its peers on the same files: large files (bytes from the page cache), documents, mails
and PDFs, and many small files, the first time and again. Part of `make bench`. Of every command the best of a few interleaved rounds counts, for
other work on the machine only adds to it; cpu is the processor time of all its processes. No package of Debian has ccsrch or PANhunt: they are
measured when `ccsrch` and `panhunt` can be called.

    find_bench.py HANDBACK WALK_BENCH FOLDER [--megabytes N] [--files N] [--documents N] [--rounds N]
"""
import argparse
import glob
import json
import os
import random
import shutil
import subprocess
import time

import corpus

# What people search for by hand: four brands, sixteen or fifteen digits, in groups or not.
CARDS = r"\b(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d{2}))[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b"


class Took:
    def __init__(self):
        self.wall = self.cpu = float("inf")

    def add(self, wall, cpu):
        self.wall, self.cpu = min(self.wall, wall), min(self.cpu, cpu)


def timed(command, env=None):
    """Seconds by the clock, of the processor, and the last line that it said."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})})
    last = b""
    for line in child.stdout:
        last = line
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, last


def race(commands, rounds, env=None):
    took = {name: Took() for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            wall, cpu, _ = timed(command, env)
            took[name].add(wall, cpu)
    return took


def luhn(digits):
    total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def make_large(folder, size):
    chance = random.Random(1)
    number = lambda n: chance.randrange(10 ** n)
    makers = {
        "digits": lambda: f"{number(16):016d} {number(9):09d} {number(13):013d}\n",
        "log": lambda: f"2026-0{1 + number(1) % 9}-1{number(1)}T10:{number(2) % 60:02d}:{number(2) % 60:02d}.{number(3):03d} INFO pay[{number(4)}]: order {number(8)} of customer "
                       f"{number(6)} taken in {number(3)} ms from 10.{number(2)}.{number(2)}.7\n",
        "words": lambda: " ".join(chance.choice("the order of a customer was paid in full and sent on its way by post with a note".split()) for _ in range(14)) + "\n",
    }
    for name, line in makers.items():
        block = "".join(line() for _ in range(40000)).encode()
        with open(f"{folder}/{name}", "wb") as f:
            while f.tell() < size:
                f.write(block)
                f.write(f"payment by card {luhn('4539' + str(chance.randrange(10**10, 10**11)))}\n".encode())
    return list(makers)


def make_small(folder, files):
    chance = random.Random(2)
    words = "the order of a customer was paid in full and sent on its way by post with a note".split()
    for n in range(files):
        if n % 100 == 0:
            os.makedirs(f"{folder}/{n // 100:04d}")
        with open(f"{folder}/{n // 100:04d}/{n % 100:02d}.txt", "w") as f:
            f.write(" ".join(chance.choices(words, k=chance.randrange(50, 400))) + f"\norder {chance.randrange(10**9)}\n")


def nothing_kept(a):
    return {"XDG_CACHE_HOME": "/proc/nowhere", "XDG_CONFIG_HOME": f"{a.folder}/config", "XDG_DATA_HOME": f"{a.folder}/none"}


def large(a):
    folder = f"{a.folder}/large"
    os.makedirs(folder)
    for name in make_large(folder, a.megabytes << 20):
        path = f"{folder}/{name}"
        megabytes = os.path.getsize(path) / 1e6
        commands = {"cat": ["cat", path], "1 job": [a.handback, "find", "--jobs", "1", path], "2 jobs": [a.handback, "find", "--jobs", "2", path]}
        if shutil.which("rg"):
            commands["rg"] = ["rg", "-j", "1", "-a", "-c", CARDS, path]
        if shutil.which("ccsrch"):
            commands["ccsrch"] = ["ccsrch", path]
        took = race(commands, a.rounds, nothing_kept(a))
        one = took["1 job"]
        print(f"find {name:7} {megabytes:5.0f} MB  1 job {megabytes / one.wall:6.0f} MB/s (cpu {one.cpu:.2f} s), 2 jobs {one.wall / took['2 jobs'].wall:.2f} times as fast", flush=True)
        for peer in ("cat", "rg", "ccsrch"):
            if peer in took:
                print(f"                        {peer:7} {megabytes / took[peer].wall:6.0f} MB/s (cpu {took[peer].cpu:.2f} s)   ratio {took[peer].wall / one.wall:.2f}", flush=True)
            else:
                print(f"                        {peer} is not installed: left out", flush=True)


def documents(a):
    sorts = {"office": ["docx", "docx split", "xlsx", "xlsx split", "pptx", "odt", "odt split", "ods", "odp"], "mail": ["eml", "eml attached", "mbox"], "pdf": ["pdf", "pdf split"]}
    for name, formats in sorts.items():
        folder = f"{a.folder}/documents/{name}"
        corpus.make(folder, "speed", a.documents, formats)
        os.remove(f"{folder}/labels.jsonl")
        commands = {"handback": [a.handback, "find", "--jobs", "1", folder]}
        if shutil.which("panhunt"):
            commands["panhunt"] = ["panhunt", "-q", "-w", "1", "-o", a.folder, folder]
        took = race(commands, a.rounds, nothing_kept(a))
        one, peer = took["handback"], took.get("panhunt")
        beside = f"panhunt {peer.wall:.3f} s (cpu {peer.cpu:.3f} s)   ratio of cpu {peer.cpu / one.cpu:.1f}" if peer else "panhunt is not installed: left out"
        print(f"find {name:7} {len(formats) * 2 * a.documents:5} files   {one.wall:.3f} s (cpu {one.cpu:.3f} s)   {beside}", flush=True)


def small(a):
    folder = f"{a.folder}/small"
    make_small(folder, a.files)
    env = {"XDG_CACHE_HOME": f"{a.folder}/cache", "XDG_CONFIG_HOME": f"{a.folder}/config", "XDG_DATA_HOME": f"{a.folder}/none"}
    time.sleep(2.5)                                        # until what was written has rested
    bare = race({"read": [a.walk, "read", folder], "stat": [a.walk, "stat", folder]}, a.rounds)
    first, again = Took(), Took()
    for _ in range(a.rounds):
        shutil.rmtree(f"{a.folder}/cache", ignore_errors=True)
        for took, known in ((first, 0), (again, a.files)):
            wall, cpu, last = timed([a.handback, "--json", "find", folder], env)
            took.add(wall, cpu)
            summary = json.loads(last)["summary"]
            if (summary["files"], summary["unchanged"]) != (a.files, known):
                raise SystemExit(f"find: {summary['files']} files, {summary['unchanged']} unchanged")
    for name, took, least in (("first", first, bare["read"]), ("again", again, bare["stat"])):
        print(f"find {a.files:,} small files {name:6} {took.wall:6.2f} s (cpu {took.cpu:.2f} s)   a bare walk {least.wall:.2f} s (cpu {least.cpu:.2f} s)   "
              f"ratio {least.wall / took.wall:.2f}", flush=True)


def step_aside_from_others():
    """Linux shares a busy machine out by sessions (autogroup, sched(7)): two jobs of one session then get no more than one did, and look no
    faster. A session of our own, of more weight if we may, is what a machine without other work would give."""
    try:
        os.setsid()
    except OSError:
        pass                                               # it has one already
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as f:
            f.write("-15")
    except OSError:
        print("find: other work on this machine is not kept out: two jobs may look no faster than one", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("handback")
    p.add_argument("walk")
    p.add_argument("folder")
    p.add_argument("--engine", help="scan_bench: the engine alone beside Hyperscan, on the same large files")
    p.add_argument("--megabytes", type=int, default=400)
    p.add_argument("--files", type=int, default=50000)
    p.add_argument("--documents", type=int, default=40, help="so many of each format with numbers, and so many without")
    p.add_argument("--rounds", type=int, default=3)
    a = p.parse_args()
    step_aside_from_others()
    shutil.rmtree(a.folder, ignore_errors=True)
    os.makedirs(a.folder)
    large(a)
    if a.engine:
        subprocess.run([a.engine, "speed", "--rounds", str(a.rounds), *sorted(glob.glob(f"{a.folder}/large/*"))], check=True)
    documents(a)
    small(a)
    shutil.rmtree(a.folder)


if __name__ == "__main__":
    main()
