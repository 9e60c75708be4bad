"""postgres - a PostgreSQL server of a story's own, from Debian's package, in a folder that goes with it."""
import glob
import os
import shutil
import subprocess
import tempfile

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]


def as_postgres(*call):
    """PostgreSQL refuses to run as root; its package made a user for it."""
    return (["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []) + list(call)


def run(*call, **kw):
    return subprocess.run(as_postgres(*call), capture_output=True, text=True, cwd="/", **kw)


class Server:
    """Answers in its folder's socket, and at a port of 127.0.0.1 when there is one. Whoever is not a local superuser needs a password."""
    def __init__(self, test, port=None):
        test.assertTrue(BIN, "PostgreSQL is not installed: make deps")
        self.folder = tempfile.mkdtemp(prefix="handback-pg-")
        test.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        data = os.path.join(self.folder, "data")
        run(f"{BIN[0]}/initdb", "-D", data, "-A", "trust", "--auth-host", "scram-sha-256", "-U", "postgres", "-E", "UTF8", "--no-sync", check=True)
        listen = f"-c listen_addresses=127.0.0.1 -c port={port}" if port else "-c listen_addresses=''"
        run(f"{BIN[0]}/pg_ctl", "-D", data, "-w", "-l", f"{self.folder}/log", "-o", f"{listen} -c fsync=off -k {self.folder}", "start", check=True)
        test.addCleanup(run, f"{BIN[0]}/pg_ctl", "-D", data, "-m", "immediate", "stop", check=True)
        self.port = port

    def psql(self, script, database="postgres"):
        return run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, *(["-p", str(self.port)] if self.port else []), "-U", "postgres", "-d", database,
                   input=script)
