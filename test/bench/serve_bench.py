#!/usr/bin/python3
"""serve_bench.py HANDBACK FOLDER: how soon `handback ui` answers its first page from a cold start, and what all its processes together take when nothing
happens: proportional memory (PSS of /proc/PID/smaps_rollup) and processor time. Ends with 1 when a goal is missed."""
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

HANDBACK, FOLDER = sys.argv[1], sys.argv[2]
PAGE_SECONDS, IDLE_MB, IDLE_CPU_PERCENT = 2.0, 40.0, 1.0


def processes(pid):
    """It and its children."""
    out = [pid]
    for other in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{other}/stat") as f:
                if int(f.read().rsplit(")", 1)[1].split()[1]) == pid:
                    out.append(int(other))
        except OSError:
            pass
    return out


def pss_mb(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:")) / 1024


def cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def cold(path):
    """What the kernel keeps of the program is let go, where it lets us."""
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    env = dict(os.environ, XDG_DATA_HOME=os.path.abspath(FOLDER))
    os.makedirs(FOLDER)
    subprocess.run([HANDBACK, "demo", "--no-pages"], check=True, env=env, capture_output=True)
    cold(HANDBACK)
    began = time.monotonic()
    run = subprocess.Popen([HANDBACK, "--data", os.path.join(FOLDER, "handback-demo"), "--json", "ui"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    try:
        link = urlsplit(json.loads(run.stdout.readline())["link"])
        page = http.client.HTTPConnection(link.hostname, link.port)
        page.request("GET", link.path)
        first = page.getresponse()
        first.read()
        page.request("GET", first.headers["Location"], headers={"Cookie": first.headers["Set-Cookie"].split(";")[0]})
        answer = page.getresponse()
        body = answer.read()
        seconds = time.monotonic() - began
        assert answer.status == 200 and body, answer.status
        page.close()
        time.sleep(5)
        all_of_it = processes(run.pid)
        before = sum(map(cpu, all_of_it))
        time.sleep(10)
        percent = (sum(map(cpu, all_of_it)) - before) * 10
        memory = [pss_mb(pid) for pid in all_of_it]
    finally:
        run.send_signal(signal.SIGTERM)
        run.wait()
    print(f"first page {seconds:.2f} s from a cold start; idle: {len(memory)} processes, {sum(memory):.1f} MB together ({', '.join(f'{m:.1f}' for m in memory)}), "
          f"{percent:.2f} % of a processor")
    sys.exit(seconds > PAGE_SECONDS or sum(memory) > IDLE_MB or percent > IDLE_CPU_PERCENT)


main()
