#!/usr/bin/python3
"""mksql: typed C functions out of .sql files, and the schema in each database's own words.

  mksql --schema SCHEMA --header IN.sql OUT_sql.h     one C function a statement
  mksql --schema SCHEMA --schema-header OUT.h         the schema for SQLite as a C text
  mksql --schema SCHEMA --tables OUT.h                one statement for each table that is not marked Rebuildable: its rows without what is
                                                      BYTES, in the order of its key
  mksql --schema SCHEMA --postgres IN.sql...          a script for psql: the schema, then every statement prepared

A statement:

    -- holders_named (name text) -> (id i64, sort i64): any
    SELECT id, sort FROM holder WHERE business = :business AND name = :name ORDER BY id;

Many rows in one statement, here 64 of them, each with an id and a name of its own:

    -- holders_put (sort i64) x 64 (id i64, name text)
    INSERT INTO holder (business, sort, id, name) VALUES (:business, :sort, :id, :name);

Types: i64, text, bytes; for results also view (bytes that are valid until the next row). After the colon: `one` (no row or one),
`any`, or nothing for a statement without rows. :business is given by the operation. A statement without it must say
`-- every business: WHY` on a line of its own. Each statement is prepared against the schema while building. One that writes to a table
which the schema marks `answers` or `notices` says so to the operation (op_end moves that counter then).
"""
import re
import sqlite3
import sys

HEAD = re.compile(r"--\s*(\w+)\s*\(([^)]*)\)\s*(?:x\s*(\d+)\s*\(([^)]*)\)\s*)?(?:->\s*\(([^)]*)\)\s*:\s*(one|any))?\s*(?:--.*)?$")
LETTER = {"i64": "i", "text": "t", "bytes": "b", "view": "v"}
CTYPE = {"i64": "int64_t", "text": "struct str", "bytes": "struct str", "view": "struct str"}
PGTYPE = {"i64": "bigint", "text": "text", "bytes": "bytea"}


def die(where, what):
    sys.exit(f"{where}: {what}")


def fields(text, where):
    out = []
    for part in filter(None, (p.strip() for p in (text or "").split(","))):
        words = part.split()
        if len(words) != 2 or words[1] not in LETTER:
            die(where, f"'{part}' is not NAME TYPE (i64, text, bytes, view)")
        out.append((words[0], words[1]))
    return out


class Statement:
    def __init__(self, name, ins, times, each, outs, mode, where):
        self.name, self.ins, self.times, self.each, self.outs, self.mode, self.where = name, ins, times, each, outs, mode, where
        self.lines, self.every = [], False

    def finish(self):
        sql = " ".join(" ".join(l.split("--")[0] for l in self.lines).split()).rstrip(";").strip()
        if not sql:
            die(self.where, "no statement")
        if ";" in sql:
            die(self.where, "more than one statement")
        given = dict(self.ins)
        if self.times:
            sql = self.many(sql)
            given |= {f"{n}__{k}": t for n, t in self.each for k in range(self.times)}
        order = []
        for word in re.findall(r"(?<!:):(\w+)", sql):
            if word != "business" and word not in given:
                die(self.where, f":{word} is not among the inputs")
            if word not in order:
                order.append(word)
        unused = [n for n in given if n not in order]
        if unused:
            die(self.where, f"inputs not used: {unused}")
        if "business" not in order and not self.every:
            die(self.where, "no :business; say `-- every business: WHY` if that is meant")
        self.order = order
        self.sql = re.sub(r"(?<!:):(\w+)", lambda m: f"?{order.index(m[1]) + 1}", sql)
        self.pg = re.sub(r"(?<!:):(\w+)", lambda m: f"${order.index(m[1]) + 1}", sql)
        self.types = [given.get(n, "i64") for n in order]

    def many(self, sql):
        """The row behind VALUES as often as is said, with names of its own for what each row has."""
        head, values, row = sql.partition(" VALUES ")
        if not values or self.outs:
            die(self.where, "only INSERT ... VALUES can have many rows")
        each = re.compile(r":(" + "|".join(n for n, _ in self.each) + r")\b")
        return head + values + ", ".join(each.sub(rf":\1__{k}", row) for k in range(self.times))


def statements(path):
    out, current = [], None
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            line = line.rstrip("\n")
            head = HEAD.match(line)
            if head:
                where = f"{path}:{n}"
                current = Statement(head[1], fields(head[2], where), int(head[3] or 0), fields(head[4], where), fields(head[5], where), head[6], where)
                out.append(current)
            elif current and line.lstrip().startswith("-- every business:"):
                current.every = True
            elif current and line.strip() and not line.lstrip().startswith("--"):
                current.lines.append(line)
            elif line.strip() and not line.lstrip().startswith("--"):
                die(f"{path}:{n}", "a statement without a head line")
    for s in out:
        s.finish()
    names = [s.name for s in out]
    for s in out:
        if names.count(s.name) > 1:
            die(s.where, f"two statements named {s.name}")
    return out


def schema_text(path, dialect):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    tables = re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)([^;]*);", text, re.S)
    for name, body, tail in tables:
        columns = [l for l in body.split("\n") if l.strip() and not l.strip().startswith(("PRIMARY", "UNIQUE", "CHECK", "--"))]
        for l in columns:
            if "--" not in l:
                die(path, f"table {name}: no comment on: {l.strip()}")
        if not re.search(r"PRIMARY KEY \(business\b", body):
            die(path, f"table {name}: its key does not begin with business")
        if "STRICT" not in tail:
            die(path, f"table {name}: not STRICT")
    for index, columns in re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+) ON \w+ \(([^)]*)\)", text):
        if not columns.strip().startswith("business"):
            die(path, f"index {index} does not begin with business")
    text = re.sub(r"--.*", "", text)
    if dialect == "sqlite":
        return re.sub(r"\bBYTES\b", "BLOB", re.sub(r"\bI64\b", "INTEGER", text))
    text = re.sub(r"\)\s*STRICT(, WITHOUT ROWID)?", ")", text)
    return re.sub(r"\bBYTES\b", "bytea", re.sub(r"\bI64\b", "bigint", text))


def marks(schema):
    """Which table is marked with what."""
    with open(schema, encoding="utf-8") as f:
        return dict(re.findall(r"CREATE TABLE (\w+) \(\n\)[^;\n]*; -- (\w+)$", re.sub(r"(?m)^\t.*\n", "", f.read()), re.M))


def moves(sql, marked):
    """The C words that say where this statement writes."""
    names = {marked[t] for t in re.findall(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", sql) if t in marked}
    return f"\n\top->moved |= {' | '.join('MOVES_' + n.upper() for n in sorted(names))};" if names else ""


def c_text(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def header(schema, path, out_path):
    db = sqlite3.connect(":memory:")
    db.executescript(schema_text(schema, "sqlite"))
    marked = marks(schema)
    out = []
    guard = re.sub(r"\W", "_", out_path.rsplit("/", 1)[-1]).upper()
    out.append(f"/* Made by mksql from {path.rsplit('/', 1)[-1]}. */\n#ifndef {guard}\n#define {guard}\n#include \"op.h\"\n#include \"store.h\"\n")
    for s in statements(path):
        try:
            cur = db.execute("EXPLAIN " + s.sql, [0] * len(s.order))
            if s.sql.upper().startswith(("SELECT", "WITH")):
                cur = db.execute(s.sql, [0] * len(s.order))
                if len(cur.description) != len(s.outs):
                    die(s.where, f"{len(cur.description)} columns come out, {len(s.outs)} are declared")
        except sqlite3.Error as e:
            die(s.where, str(e))
        n = s.name
        tin = "".join(LETTER[t] for t in s.types)
        tout = "".join(LETTER[t] for _, t in s.outs)
        out.append(f"static const struct statement sql_statement_{n} = {{ \"{n}\", {c_text(s.sql)}, \"{tin}\", \"{tout}\" }};")
        params = "".join(f", {CTYPE[t]} {name}_" for name, t in s.ins)
        given = {f"{name}__{k}": f"each[{k}].{name}" for name, _ in s.each for k in range(s.times)} | {"business": "op->business"}
        bind = ", ".join("{ .%s = %s }" % ("i" if t == "i64" else "s", given.get(o, o + "_")) for o, t in zip(s.order, s.types))
        if s.times:
            out.append(f"enum {{ SQL_{n.upper()} = {s.times} }};\nstruct sql_{n} {{ {' '.join(f'{CTYPE[t]} {name};' for name, t in s.each)} }};")
            params += f", const struct sql_{n} each[SQL_{n.upper()}]"
        values = f"const struct value in[] = {{ {bind or '{ 0 }'} }};" + moves(s.sql, marked)
        if not s.outs:
            out.append(f"static inline bool sql_{n}(struct op *op{params})\n{{\n\t{values}\n"
                       f"\treturn db_do(op->db, &sql_statement_{n}, in, &op->err);\n}}\n")
            continue
        members = " ".join(f"{CTYPE[t]} {name};" for name, t in s.outs)
        take = " ".join(f"q->{name} = out[{i}].{'i' if t == 'i64' else 's'};" for i, (name, t) in enumerate(s.outs))
        out.append(f"struct sql_{n} {{ {members} struct rows *rows; }};")
        nout = len(s.outs)
        fetch = (f"\tstruct value out[{nout}];\n\tif (!q->rows || !db_next(q->rows, out, op->a, &op->err)) {{\n\t\tq->rows = NULL;\n"
                 f"\t\treturn false;\n\t}}\n\t{take}\n")
        if s.mode == "one":
            out.append(f"/* false: an error; *found tells whether there is such a row */\n"
                       f"static inline bool sql_{n}(struct op *op{params}, struct sql_{n} *q, bool *found)\n{{\n\t{values}\n"
                       f"\tstruct value out[{nout}];\n\tif (!db_run(op->db, &sql_statement_{n}, in, &q->rows, &op->err))\n\t\treturn false;\n"
                       f"\t*found = db_next(q->rows, out, op->a, &op->err);\n"
                       f"\tif (*found) {{\n\t\t{take}\n\t\tdb_stop(q->rows);\n\t}}\n\tq->rows = NULL;\n\treturn op->err.code == OK;\n}}\n")
        else:
            out.append(f"static inline bool sql_{n}(struct op *op{params}, struct sql_{n} *q)\n{{\n\t{values}\n"
                       f"\treturn db_run(op->db, &sql_statement_{n}, in, &q->rows, &op->err);\n}}\n"
                       f"/* false at the end or on an error: look at op->err afterwards */\n"
                       f"static inline bool sql_{n}_next(struct op *op, struct sql_{n} *q)\n{{\n{fetch}\treturn true;\n}}\n"
                       f"static inline void sql_{n}_stop(struct sql_{n} *q)\n{{\n\tdb_stop(q->rows);\n\tq->rows = NULL;\n}}\n")
    out.append("#endif")
    with open(out_path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


def tables(schema, out_path):
    db = sqlite3.connect(":memory:")
    db.executescript(schema_text(schema, "sqlite"))
    out = ["/* Made by mksql from schema.sql. */",
           "static const struct table { const char *name, *const *column; size_t columns; struct statement all; } tables[] = {"]
    with open(schema, encoding="utf-8") as f:
        rebuildable = re.findall(r"^-- Rebuildable[^\n]*\n(?:--[^\n]*\n)*CREATE TABLE (\w+)", f.read(), re.M)
    lists = []
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall():
        if name in rebuildable:
            continue
        info = [(c[1], c[2], c[5]) for c in db.execute(f"PRAGMA table_info({name})").fetchall()]
        shown = [(c, t) for c, t, _ in info if t != "BLOB" and c != "business"]
        key = [c for c, _, k in sorted(info, key=lambda c: c[2]) if k]
        sql = f"SELECT {', '.join(c for c, _ in shown) or '1'} FROM {name} WHERE business = ?1 ORDER BY {', '.join(key)}"
        db.execute("EXPLAIN " + sql, [0])
        lists.append(f"static const char *const columns_of_{name}[] = {{ {', '.join(c_text(c) for c, _ in shown) or 'NULL'} }};")
        letters = "".join("t" if t == "TEXT" else "i" for _, t in shown) or "i"
        out.append(f"\t{{ {c_text(name)}, columns_of_{name}, {len(shown)}, {{ {c_text('all_of_' + name)}, {c_text(sql)}, \"i\", {c_text(letters)} }} }},")
    out[1:1] = lists
    with open(out_path, "w", encoding="utf-8") as f:
        f.write("\n".join(out + ["};"]) + "\n")


def main():
    args = sys.argv[1:]
    if len(args) < 3 or args[0] != "--schema":
        sys.exit(__doc__)
    schema = args[1]
    if args[2] == "--header" and len(args) == 5:
        header(schema, args[3], args[4])
    elif args[2] == "--schema-header" and len(args) == 4:
        with open(args[3], "w", encoding="utf-8") as f:
            text = "\n".join(l for l in schema_text(schema, "sqlite").split("\n") if l.strip())
            f.write("/* Made by mksql from schema.sql. */\nstatic const char schema_1[] =\n")
            f.write("\n".join(c_text(l + "\n").replace("\n", "\\n") for l in text.split("\n")) + ";\n")
    elif args[2] == "--tables" and len(args) == 4:
        tables(schema, args[3])
    elif args[2] == "--postgres":
        print("\\set ON_ERROR_STOP on\nBEGIN;")
        print(schema_text(schema, "postgres"))
        for path in args[3:]:
            for s in statements(path):
                types = ", ".join(PGTYPE[t] for t in s.types)
                print(f"\\echo {path}: {s.name}\nPREPARE p_{s.name}{' (' + types + ')' if types else ''} AS {s.pg};\nDEALLOCATE p_{s.name};")
        print("ROLLBACK;")
    else:
        sys.exit(__doc__)


main()
