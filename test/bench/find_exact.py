#!/usr/bin/python3
"""How exactly `handback find` finds, on labelled files that nothing of it was tuned on: recall on ordinary and on hard cases, precision, and
files without a number in which it sees one, for each format. Part of `make bench`; the story find_exact asks the same of fewer files.

    find_exact.py HANDBACK FOLDER [--seed N] [--each N] [--formats A,B] [--wrong]      --wrong: shows what was missed and what was seen where nothing is
"""
import argparse
import collections
import json
import os
import shutil
import subprocess

import corpus


class Score:
    def __init__(self):
        self.found = {False: 0, True: 0}
        self.planted = {False: 0, True: 0}
        self.right = self.wrong = self.alarms = self.clean = 0

    def recall(self, hard):
        return self.found[hard] / self.planted[hard] if self.planted[hard] else None

    def precision(self):
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None


def hits_of(handback, folder):
    """What is found in each file: {path: {(kind, last4)}}."""
    out = subprocess.run([handback, "find", "--json", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "XDG_CACHE_HOME": folder + "-cache"})
    if out.returncode not in (0, 1):
        raise SystemExit(f"find: {out.stderr}")
    hits = collections.defaultdict(set)
    for line in out.stdout.splitlines():
        row = json.loads(line)
        if "kind" in row and row["confidence"] != "unlikely" and row["kind"] != "card_test_number":
            hits[os.path.relpath(row["path"], folder)].add((row["kind"], row["last4"]))
    return hits


def judge(handback, folder, seed, each, formats=None, wrong=False):
    """{format: Score}, and the formats that could not be made here."""
    shutil.rmtree(folder, ignore_errors=True)
    missing = corpus.make(folder, seed, each, formats)
    hits, scores = hits_of(handback, folder), collections.defaultdict(Score)
    with open(f"{folder}/labels.jsonl", encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            score, seen = scores[row["format"]], hits.get(row["path"], set())
            planted = {(p["kind"], p["last4"]) for p in row["labels"]}
            for p in row["labels"]:
                score.planted[p["hard"]] += 1
                here = any(kind == p["kind"] and (last4 == p["last4"] or not p["last4"]) for kind, last4 in seen)
                score.found[p["hard"]] += here
                if wrong and not here:
                    print(f"missed  {row['path']}: {p['kind']} {p['last4']}")
            for kind, last4 in seen:
                here = (kind, last4) in planted or (kind, "") in planted
                score.right += here
                score.wrong += not here
                if wrong and not here:
                    print(f"nothing {row['path']}: {kind} {last4}")
            if row["clean"]:
                score.clean += 1
                score.alarms += bool(seen)
    return scores, missing


def total(scores):
    all_of = Score()
    for s in scores.values():
        for hard in (False, True):
            all_of.found[hard] += s.found[hard]
            all_of.planted[hard] += s.planted[hard]
        for name in ("right", "wrong", "alarms", "clean"):
            setattr(all_of, name, getattr(all_of, name) + getattr(s, name))
    return all_of


def percent(v):
    return "      -" if v is None else f"{100 * v:6.1f}%"


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("handback")
    p.add_argument("folder")
    p.add_argument("--seed", default="bench")
    p.add_argument("--each", type=int, default=10)
    p.add_argument("--wrong", action="store_true")
    p.add_argument("--formats", type=lambda s: s.split(","))
    a = p.parse_args()
    scores, missing = judge(a.handback, a.folder, a.seed, a.each, a.formats, a.wrong)
    print(f"{'find: format':16} {'recall':>7} {'(hard)':>7} {'precision':>9}  false alarms in clean files")
    for name, s in [*scores.items(), ("all", total(scores))]:
        print(f"{name:16} {percent(s.recall(False))} {percent(s.recall(True))}   {percent(s.precision())}  {s.alarms} of {s.clean}")
    for name, lacking in missing.items():
        print(f"{name:16} left out: {', '.join(lacking)} not installed")


if __name__ == "__main__":
    main()
