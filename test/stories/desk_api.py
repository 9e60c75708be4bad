"""The API: the commands for programs, by token or by a browser's session. Its description and what is answered are compared both ways."""
import json
import re
import signal
import time
import urllib.parse
import uuid

from desk import DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import PASSPHRASE, SOURCE, tell

CARD = "4111111111111111"
def yaml_read(lines):
    """Block style with texts in quotes: what is at the beginning of the lines, as deep as the first of them; takes those lines away."""
    depth, first = lines[0]
    if not first.startswith("- ") and not re.match(r'"(?:[^"\\]|\\.)*": ?', first):
        return json.loads(lines.pop(0)[1])
    whole = [] if first.startswith("- ") else {}
    while lines and lines[0][0] == depth and lines[0][1].startswith("- ") == isinstance(whole, list):
        _, line = lines.pop(0)
        begin = re.match(r'- |"((?:[^"\\]|\\.)*)": ?', line)
        rest = line[begin.end():]
        if rest:
            lines.insert(0, (depth + 2, rest))
        value = yaml_read(lines)
        whole.append(value) if isinstance(whole, list) else whole.update({json.loads(begin[0].rstrip().removesuffix(":")): value})
    return whole


ROLES = ("owner", "manager", "staff", "helper")
APART = {"/api/v1/job/{job}/events": "get", "/api/v1/import": "post", "/api/v1/import/{job}/refused": "get", "/api/v1/export": "post"}          # not made from the verbs' tables
AFAR, TERMINAL = {("find", "path")}, {("job show", "follow"), ("find", "database"), ("log", "follow")}    # a path that may be named from elsewhere; what is a terminal's
SAMPLE = {"string": "x", "integer": 1, "boolean": True}


class Api(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.token = self.token_of("owner", person="1")

    def token_of(self, role, person=None):
        if not person:
            person = "A " + role
            self.run_handback("person", "add", "--name", person, "--role", role, key=False)
        return self.json("token", "add", person, "--name", "a test", key=False).row["secret"]

    def api(self, method, words, fields=None, token=None, body=None, headers=None, status=None):
        path = "/api/v1/" + words.replace(" ", "/")
        sent = {"Authorization": f"Bearer {token or self.token}"}
        if method == "GET" and fields:
            path += "?" + urllib.parse.urlencode(fields, doseq=True)
        if method == "POST" and body is None and fields is not None:
            body = json.dumps(fields)
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        said = self.ask(method, path, headers={k: v for k, v in sent.items() if v is not None}, cookie=False, body=body)
        self.assertEqual(said.header("Content-Type"), "application/json", said.body)
        self.assertEqual(said.header("Cache-Control"), "no-store")
        said.json = json.loads(said.body)
        if said.status not in (200, 202):
            self.assertEqual(set(said.json), {"error", "field", "say"}, said.body)
            self.assertTrue(said.json["say"])
        if status:
            self.assertEqual(said.status, status, said.body)
        return said

    def described(self):
        return self.api("GET", "openapi.json", status=200).json

    # ---- verbs ----

    def test_an_incident_by_api(self):
        self.desk()
        fields = {"title": "A skimmer", "holder": ["reader:*"], "from": "2025-12-01", "to": "2025-12-04", "only": "passing"}
        said = self.api("POST", "incident open", fields, status=200).json
        self.assertEqual(set(said), {"rows", "notes", "attention"})
        shown = self.api("GET", "incident show", {"incident": 1}, status=200).json
        self.assertEqual(shown, self.api("POST", "incident show", {"incident": 1}, status=200).json)
        self.assertEqual(shown["rows"], self.json("incident", "show", "1", key=False).rows)
        exposed = self.api("GET", "incident exposed", {"incident": 1}, status=200).json["rows"]
        self.assertEqual(exposed, self.json("incident", "exposed", "1", key=False, status=None).rows)
        self.assertEqual(self.api("GET", "incident exposed", {"incident": 1, "refs": "true"}, status=200).json["rows"], [row["customer_ref"] for row in exposed if "customer_ref" in row])
        self.assertEqual(self.api("GET", "incident exposed", {"incident": 1, "refs": "false"}, status=200).json["rows"], exposed)
        # what only the passphrase opens, a token does not
        self.api("POST", "notice draft", {"incident": 1}, status=200)
        said = self.api("POST", "notice approve", {"round": "1.1"}, status=423)
        self.assertEqual((said.json["error"], said.json["field"]), ("locked", "passphrase"))
        self.assertIn("Send it along", said.json["say"])

    def test_a_whole_incident_by_a_script_with_its_passphrase(self):
        """As an IT helper's script has it: an export in, an incident, who is at risk, a notice approved and sent, the log proved, everything taken along."""
        self.desk()
        passphrase = {"passphrase": PASSPHRASE}
        job = self.send("more.csv", CUSTOMERS.replace("A,Ann", "D,Dan").replace("ann@", "dan@"), passphrase)["job"]
        told = []
        while not told or told[-1]["state"] == "running":
            said = self.events(job).text
            self.assertTrue(said.startswith("retry: 1000\ndata: ") and said.endswith("\n\n"), said)
            told.append(json.loads(said.split("data: ", 1)[1]))
        self.assertEqual((told[-1]["state"], told[-1]["percent"]), ("done", 100), told[-1])
        self.api("POST", "incident open", {"title": "A skimmer", "holder": ["reader:*"], "from": "2025-12-01", "to": "2025-12-04"}, status=200)
        exposed = self.api("GET", "incident exposed", {"incident": 1}, status=200).json["rows"]
        # a vendor's codes are sealed: a token alone is told to send the passphrase along, and with it they go in
        offer = {"incident": 1, "codes": "Code\nEX-1\nEX-2\n", "vendor": "Example Watch", "site": "example.com/enrol", "until": "2099-01-31", "months": 24}
        self.assertIn("Send it along", self.api("POST", "enrolment load", offer, status=423).json["say"])
        self.assertEqual(self.api("POST", "enrolment load", {**offer, **passphrase}, status=200).json["rows"][0]["left"], 2)
        self.api("POST", "notice draft", {"incident": 1}, status=200)
        self.assertIn("Dear", json.dumps(self.api("POST", "notice preview", {"round": "1.1", **passphrase}, status=200).json))
        self.assertEqual(self.api("POST", "notice send", {"round": "1.1"}, status=403).json["error"], "refused")           # nobody approved it
        self.assertEqual(self.api("POST", "notice approve", {"round": "1.1", "passphrase": PASSPHRASE + "x"}, status=403).json["error"], "refused")
        self.api("POST", "notice approve", {"round": "1.1", "wait": 10, **passphrase}, status=200)
        waiting = self.api("POST", "notice send", {"round": "1.1"}, status=200).json["rows"]
        self.assertGreater(waiting[0]["waiting"], 0)
        self.api("POST", "notice send", {"round": "1.1", "now": True}, status=200)
        for _ in range(200):
            status = self.api("GET", "notice status", {"round": "1.1"}, status=200).json
            if all(row["state"] in ("sent", "printed") for row in status["rows"]):
                break
            time.sleep(0.1)
        self.assertEqual(len(status["rows"]), len([row for row in exposed if "customer_ref" in row]))
        self.assertEqual({row["state"] for row in status["rows"]} - {"sent", "printed"}, set(), status)
        verified = self.api("GET", "log verify", status=200).json
        self.assertEqual((verified["rows"][0]["unbroken"], verified["attention"]), (True, False))
        entries = self.api("GET", "log", {"from": 1}, status=200).json["rows"]
        self.assertTrue(any("round.hastened" in e["entry"] for e in entries) and any("session.refused" in e["entry"] for e in entries))
        row = self.ended(self.api("POST", "check", {}, status=202).json["job"])
        self.assertEqual(row["state"], "done", row)
        self.assertIn('"check":"powers"', row["rows"])
        paper = self.ask("POST", "/api/v1/notice/public", headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}, cookie=False,
                         body=json.dumps({"incident": 1, "what": "poster", "paper": True}))
        self.assertEqual((paper.status, paper.header("Content-Type"), paper.body[:5]), (200, "application/pdf", b"%PDF-"))

    def test_keys_and_persons_change_with_the_passphrase(self):
        self.desk()
        passphrase, fresh = {"passphrase": PASSPHRASE}, "an entirely different sentence"
        self.api("POST", "person add", {"name": "Bea", "role": "staff", **passphrase}, status=200)
        self.api("POST", "vault slot add", {"person": "Bea", "new-passphrase": "Bea's own long sentence", **passphrase}, status=200)
        self.assertEqual(len([s for s in self.api("GET", "vault slot list", status=200).json["rows"] if "person" in s]), 2)
        self.api("POST", "vault slot end", {"person": "Bea", **passphrase}, status=200)
        code = self.api("POST", "vault recovery", passphrase, status=200).json["rows"][0]["recovery"]
        self.assertIn("12", self.api("POST", "vault passphrase", {"new-passphrase": "short", **passphrase}, status=400).json["say"])
        self.api("POST", "vault passphrase", {"new-passphrase": fresh, **passphrase}, status=200)
        self.api("POST", "customer show", {"customer": "A", **passphrase}, status=403)                # the old one
        self.api("POST", "vault recover", {"new-passphrase": PASSPHRASE, "passphrase": code}, status=200)
        said = self.ask("POST", "/api/v1/export", headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}, cookie=False, body=json.dumps(passphrase))
        self.assertEqual((said.status, said.header("Content-Type"), said.body[:2]), (200, "application/zip", b"PK"))
        self.api("POST", "export", {}, status=423)
        self.api("POST", "export", passphrase, token=self.token_of("manager"), status=403)
        self.assertNotEqual(self.api("POST", "vault rotate", passphrase, status=200).json["rows"][0]["recovery"], code)
        row = self.ended(self.api("POST", "vault rotate", {"rest": True, **passphrase}, status=202).json["job"])
        self.assertEqual((row["state"], "recovery" in row["rows"]), ("done", False), row)
        # no call leaves the vault open for the next
        self.api("POST", "customer show", {"customer": "A"}, status=423)
        for wrong in ({"passphrase": 1}, {"passphrase": None}, {"new-passphrase": fresh}):
            self.api("POST", "customer show", {"customer": "A", **wrong}, status=400)
        self.assertEqual(self.api("GET", "customer show", {"customer": "A", **passphrase}, status=400).json["field"], "passphrase")          # never in an address

    def test_the_api_has_every_command_but_these(self):
        """Each command that it has not stands in doc/api.md, with its reason."""
        with open(f"{SOURCE}/doc/api.md", encoding="utf-8") as f:
            lacks = re.findall(r"^\| `([a-z ]+)` \| \w", f.read().split("## What it has not")[1], re.M)
        self.desk()
        offered = {path[len("/api/v1/"):].replace("/", " ") for path in self.described()["paths"] if "{" not in path}
        commands = {row["command"] for row in self.json("help", key=False).rows}
        self.assertEqual(sorted(commands - offered), sorted(lacks))
        self.assertEqual(offered - commands, set())
        self.assertLess(len(lacks), 15)

    def events(self, job, status=200, headers=None):
        said = self.ask("GET", f"/api/v1/job/{job}/events", headers={"Authorization": f"Bearer {self.token}", **(headers or {})}, cookie=False)
        self.assertEqual(said.status, status, said.body)
        return said

    def test_long_work_is_a_job_that_can_be_followed(self):
        self.desk()
        said = self.api("POST", "import undo", {"import": 2}, status=202)
        self.assertEqual(said.json, {"job": 1, "show": "/api/v1/job/show?job=1", "events": "/api/v1/job/1/events"})
        self.assertEqual(said.header("Location"), said.json["show"])
        for _ in range(100):
            said = self.events(1)
            self.assertEqual(said.header("Content-Type"), "text/event-stream")
            retry, data, end = said.text.split("\n", 2)
            self.assertEqual((retry, end), ("retry: 1000", "\n"))
            now = json.loads(data.removeprefix("data: "))
            self.assertEqual(set(now), {"job", "what", "state", "done", "of", "percent", "stop_asked", "attention", "say"})
            if now["state"] != "running":
                break
            time.sleep(0.05)
        self.assertEqual((now["job"], now["what"], now["state"]), (1, "import undo", "done"))
        shown = self.api("GET", "job show", {"job": 1}, status=200).json["rows"][0]
        self.assertEqual(json.loads(shown["rows"])["import"], 2)
        self.assertEqual([r["undone"] is not None for r in self.json("import", "list", key=False).rows], [False, True])
        # what can't begin is said at once, and is no job
        self.api("POST", "import undo", {}, status=400)
        self.api("POST", "import undo", {"import": 1}, token=self.token_of("helper"), status=403)
        # what needs the passphrase has none by a token
        self.api("POST", "import undo", {"import": 1}, status=202)
        for _ in range(100):
            row = self.api("GET", "job show", {"job": 2}, status=200).json["rows"][0]
            if row["state"] != "running":
                break
            time.sleep(0.05)
        self.assertEqual(row["state"], "failed")
        self.assertIn("needs the passphrase", row["say"])
        self.events(9, status=404)
        self.events("x", status=404)
        self.events(1, status=401, headers={"Authorization": "Bearer x"})

    def send(self, name, text, fields=None, token=None, headers=None, status=202):
        """An export by the API, as curl -F sends it."""
        edge = uuid.uuid4().hex
        body = "".join(f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in (fields or {}).items())
        body += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--{edge}--\r\n'
        sent = headers or {"Authorization": f"Bearer {token or self.token}"}
        said = self.ask("POST", "/api/v1/import", headers={**sent, "Content-Type": f"multipart/form-data; boundary={edge}"}, cookie=headers is not None, body=body.encode())
        self.assertEqual(said.status, status, said.body)
        return json.loads(said.body)

    def ended(self, job):
        for _ in range(200):
            row = self.api("GET", "job show", {"job": job}, status=200).json["rows"][0]
            if row["state"] != "running":
                return row
            time.sleep(0.05)
        self.fail(row)

    def test_it_ends_while_a_job_waits_for_its_helper(self):
        self.desk().open()
        csrf = self.csrf()
        self.process.send_signal(signal.SIGSTOP)           # nobody hears the job ask
        self.send("more.csv", TOUCHES.replace(",R-1,", ",R-8,"), headers={"X-CSRF-Token": csrf})
        time.sleep(0.5)
        self.process.send_signal(signal.SIGINT)
        self.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.process.wait(10), 0)

    def test_an_export_is_imported_by_api(self):
        self.desk().open()
        more = TOUCHES.replace(",R-1,", ",R-9,") + "x,4929 4212 3460 0821,,,\n"
        row = self.ended(self.send("more.csv", more, {"dry-run": "true"})["job"])
        self.assertEqual(row["state"], "done", row)
        self.assertEqual(len(self.json("import", "list", key=False).rows), 2)
        job = self.send("more.csv", more)["job"]
        row = self.ended(job)
        self.assertEqual(row["state"], "done", row)
        self.assertEqual([json.loads(row["rows"])[k] for k in ("file", "refused", "complete")], ["more.csv", 1, True])
        refused = self.ask("GET", f"/api/v1/import/{job}/refused", headers={"Authorization": f"Bearer {self.token}"}, cookie=False)
        self.assertEqual((refused.status, refused.header("Content-Type")), (200, "text/csv; charset=utf-8"))
        self.assertIn("row,reason,cells", refused.text)
        self.assertNotIn("4929", refused.text)
        # another's are not told; nor are there any of a job that is none
        manager = self.token_of("manager")
        self.assertEqual(self.ask("GET", f"/api/v1/import/{job}/refused", headers={"Authorization": f"Bearer {manager}"}, cookie=False).status, 404)
        # customers' contacts are sealed: a token can't
        row = self.ended(self.send("customers.csv", CUSTOMERS.replace("ann@", "anne@"))["job"])
        self.assertEqual((row["state"], "needs the passphrase" in row["say"]), ("failed", True), row)
        # who may not sends nothing
        self.send("more.csv", more, token=self.token_of("staff"), status=403)
        self.send("more.csv", more, token="x", status=401)
        self.send("more.csv", more, headers={"X-CSRF-Token": "x"}, status=403)
        self.send("more.csv", more, headers={"X-CSRF-Token": self.csrf()})
        self.send("more.csv", "", status=400)
        self.send("more.csv", more, {"dry-run": "perhaps"}, status=400)

    def test_a_card_number_is_masked_and_nowhere_said(self):
        self.desk()
        said = self.api("POST", "incident open", {"title": f"Card {CARD}", "holder": ["reader:*"], "from": "2025-12-01", "to": "2025-12-04"}, status=200)
        self.assertTrue(any("masked" in note for note in said.json["notes"]), said.json)
        for method, fields in (("POST", {CARD: "x"}), ("GET", {CARD: "x"}), ("POST", {"incident": CARD}), ("GET", {"incident": CARD + "x"})):
            self.assertNotIn(CARD, self.api(method, "incident show", fields, status=400).body.decode())
        self.assertNotIn(CARD, self.api("GET", CARD, status=404).body.decode())
        self.assertNotIn(CARD, self.api("POST", "incident show", body=f'{{"incident": {CARD}{CARD}}}', status=400).body.decode())

    # ---- the description ----

    def test_the_description_and_the_server_agree(self):
        self.desk()
        api = self.described()
        self.assertEqual(api["openapi"], "3.1.0")
        served = self.ask("GET", "/api/v1/openapi.yaml", cookie=False)
        self.assertEqual(served.header("Content-Type"), "application/yaml")
        for text in (served.text, self.run_handback("help", "--openapi", key=False).out):
            self.assertTrue(text.startswith('"openapi": "3.1.0"\n"info":\n'), text[:60])
            self.assertEqual(yaml_read([(len(line) - len(line.lstrip(" ")), line.strip()) for line in text.splitlines()]), api)
        commands = {row["command"]: row for row in self.json("help", key=False).rows}
        for path, method in APART.items():
            self.assertEqual(set(api["paths"].pop(path)), {method})
        offered = {path[len("/api/v1/"):].replace("/", " "): methods for path, methods in api["paths"].items()}
        for name in ("import", "restore", "init", "ui", "serve", "demo", "drill", "sample"):
            self.assertNotIn(name, offered)
        for name, command in commands.items():
            words = name.replace(" ", "/")
            if f"/api/v1/{words}" in APART:
                continue
            if name not in offered:
                self.assertEqual(self.api("POST", words, {}).status, 404, name)
                continue
            self.assertEqual("202" in offered[name]["post"]["responses"], command["job"] or name == "vault rotate", name)
            self.assertEqual("200" in offered[name]["post"]["responses"], not command["job"], name)
            self.assertEqual("get" in offered[name], command["how"] == "read")
            post = offered[name]["post"]
            schema = post["requestBody"]["content"]["application/json"]["schema"]
            secret = {"$ref": "#/components/schemas/Passphrase"}
            self.assertEqual(schema["properties"].pop("passphrase"), secret)
            if any(f["name"] == "new-passphrase-file" for f in command["fields"]):
                self.assertEqual(schema["properties"].pop("new-passphrase"), secret)
            fields = {f["name"]: f for f in command["fields"] if (f["type"] != "path" or (name, f["name"]) in AFAR) and (name, f["name"]) not in TERMINAL}
            self.assertEqual(set(schema["properties"]), set(fields), name)
            self.assertEqual(set(schema["required"]), {f for f in fields if fields[f]["needed"]}, name)
            self.assertEqual(post["x-roles"], command["roles"])
            if "get" in offered[name]:
                self.assertEqual({p["name"]: (p["required"], p["schema"]) for p in offered[name]["get"]["parameters"]},
                                 {f: (f in schema["required"], schema["properties"][f]) for f in fields}, name)
            # each field is taken, in its type and in no other
            for field, of in schema["properties"].items():
                kind = of["items"]["type"] if of["type"] == "array" else of["type"]
                wrong = {"string": 1, "integer": "1", "boolean": "true"}[kind]
                many = of["type"] == "array"
                said = self.api("POST", words, {field: [wrong] if many else wrong})
                self.assertEqual((said.status, said.json["field"]), (400, field), name)
                if post["x-token"]:
                    self.assertEqual(self.api("POST", words, {field: SAMPLE[kind] if many else [SAMPLE[kind]]}).json["field"], field)
            self.assertEqual(self.api("POST", words, {"no-such-field": 1}, status=400).json["field"], "no-such-field")
            if not post["x-token"]:
                self.assertEqual(self.api("POST", words, {}, status=423).json["field"], "passphrase")
            if "get" not in offered[name]:
                refused = self.api("GET", words, status=405)
                self.assertEqual(refused.header("Allow"), "POST")
        self.assertGreater(len(offered), 30)
        self.assertEqual(set(offered) - set(commands), set())
        # every path is there
        for name in offered:
            self.assertNotEqual(self.api("POST", name, {"no-such-field": 1}).status, 404, name)
        text = json.dumps(api)
        for ref in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
            at = api
            for part in ref.split("/"):
                at = at[part]
        ids = re.findall(r'"operationId": "([^"]+)"', text)
        self.assertEqual(len(ids), len(set(ids)))

    # ---- who ----

    def test_every_verb_against_every_role(self):
        tokens = {role: self.token_of(role) for role in ROLES}
        self.desk()
        for path, methods in self.described()["paths"].items():
            if path in APART:
                continue
            post = methods["post"]
            needed = post["requestBody"]["content"]["application/json"]["schema"]["required"]
            for role in ROLES:
                with self.subTest(path=path, role=role):
                    # without what it needs, or with a number that is none: whoever may gets further than the role, and nothing is changed; with no
                    # answers there is nothing to apply, without a path nothing to look at
                    self.assertTrue(needed or "get" in methods or not post["x-token"] or path in ("/api/v1/payment/apply", "/api/v1/find", "/api/v1/backup", "/api/v1/access/look", "/api/v1/laws/import", "/api/v1/service/check", "/api/v1/service/watch", "/api/v1/log/check", "/api/v1/trust/page", "/api/v1/trust/card", "/api/v1/reply/open", "/api/v1/drill/keep", "/api/v1/notice/returned", "/api/v1/vault/passphrase", "/api/v1/reader/checks", "/api/v1/check"), f"{path} would do something: call it otherwise here")
                    said = self.api("POST", path[len("/api/v1/"):], {}, token=tokens[role])
                    may = role in post["x-roles"]
                    self.assertEqual(said.status == 403 and "role" in said.json["say"], not may, said.body)
                    if may and not post["x-token"]:
                        self.assertEqual(said.status, 423)
                    if may and needed and post["x-token"]:
                        self.assertEqual(said.status, 400)
                        self.assertIn(said.json["field"], needed)

    def test_who_is_not_known_gets_nothing(self):
        self.desk()
        for authorization in (None, "Bearer", "Bearer ", "Bearer x", f"bearer{self.token}", f"Basic {self.token}", f"Bearer {self.token[:-1]}", f"Bearer {self.token}x", self.token,
                              f"Bearer {'A' * 8000}"):
            with self.subTest(authorization):
                said = self.api("GET", "incident list", headers={"Authorization": authorization}, status=401)
                self.assertEqual(said.header("WWW-Authenticate"), "Bearer")
                self.assertNotIn("Fernwood", said.text)
        for path in (f"/api/v1/incident/list?token={self.token}", f"/api/v1/incident/list?access_token={self.token}"):
            self.assertEqual(self.ask("GET", path, cookie=False).status, 401)
        # a token opens no page
        self.assertEqual(self.ask("GET", "/incidents", headers={"Authorization": f"Bearer {self.token}"}, cookie=False).status, 303)
        # one that was ended, or whose person is here no more
        ana = self.token_of("staff")
        self.api("GET", "incident list", token=ana, status=200)
        self.run_handback("person", "end", "A staff", key=False)
        self.api("GET", "incident list", token=ana, status=401)
        self.run_handback("token", "end", "1", key=False)
        self.api("GET", "incident list", status=401)

    def test_a_token_changes_no_persons_and_no_keys(self):
        self.desk()
        self.assertIn("token", self.api("POST", "person add", {"name": "Eve", "role": "owner"}, status=423).json["say"])
        self.api("POST", "token add", {"person": "1"}, status=423)
        self.api("POST", "vault rotate", {}, status=423)
        self.api("POST", "set", {"key": "mail.server", "value": "smtp://evil.example:25"}, status=423)
        self.assertEqual([p["name"] for p in self.api("GET", "person list", status=200).json["rows"]], ["Owner"])

    def test_nobody_names_a_file_of_this_machine(self):
        self.desk().open()
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf()}
        for name in ("mail.password-file", "mail.ca-file"):
            for value in (self.passphrase_file, "/nowhere"):
                said = self.ask("POST", "/api/v1/set", headers=headers, body=json.dumps({"key": name, "value": value}))
                self.assertEqual(said.status, 403)
                self.assertIn("file of this machine", json.loads(said.body)["say"])
        self.assertEqual(self.ask("POST", "/api/v1/set", headers=headers, body=json.dumps({"key": "paper.size", "value": "a4"})).status, 200)
        self.assertEqual(self.json("set", "paper.size", key=False).row["value"], "a4")

    def test_a_browsers_session_may_with_its_word(self):
        self.desk().open()
        csrf = self.csrf()
        body = json.dumps({"title": "A skimmer", "holder": ["reader:*"], "from": "2025-12-01", "to": "2025-12-04"})
        json_type = {"Content-Type": "application/json"}
        self.assertEqual(json.loads(self.ask("GET", "/api/v1/incident/list").body)["rows"], [])
        bad = [{}, {"X-CSRF-Token": csrf[:-1]}, {"X-CSRF-Token": csrf, "Origin": "http://evil.example"}, {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"}]
        for headers in bad:
            self.assertEqual(self.ask("POST", "/api/v1/incident/open", headers={**json_type, **headers}, body=body).status, 403)
        self.assertEqual(self.ask("POST", "/api/v1/incident/open", {"csrf": csrf, "title": "x"}, headers={"X-CSRF-Token": csrf}).status, 400)
        self.assertEqual(self.ask("POST", f"/api/v1/incident/open?csrf={csrf}", headers=json_type, body=body).status, 403)
        # a token that is none is not made good by the cookie
        self.assertEqual(self.ask("GET", "/api/v1/incident/list", headers={"Authorization": "Bearer x"}).status, 401)
        self.assertEqual(json.loads(self.ask("GET", "/api/v1/incident/list").body)["rows"], [])
        self.assertEqual(self.ask("POST", "/api/v1/incident/open", headers={**json_type, "X-CSRF-Token": csrf}, body=body).status, 200)
        self.assertEqual(len(json.loads(self.ask("GET", "/api/v1/incident/list").body)["rows"]), 1)

    # ---- nonsense ----

    def test_bad_bodies_are_refused_and_change_nothing(self):
        self.desk()
        good = {"title": "x", "holder": ["reader:*"], "from": "2025-12-01", "to": "2025-12-04"}
        bodies = ["{", "[]", "null", "1", '"x"', "{}{}", '{"title":"a","title":"b"}', '{"title":"\\u0000"}', '{"title":"\\ud800"}', "{'title':1}", '{"title":1e999}', '{"title":NaN}', "\ufeff{}",
                  '{"title":' * 100000, "[" * 500000, '{"title":' + "[" * 3000 + "]" * 3000 + "}", '{"x":' + '{"x":' * 3000 + "1" + "}" * 3001, b'{"title":"\xff\xfe"}', b"\0\0", b"{\"title\":\"\x1f\"}",
                  json.dumps({**good, "title": None}), json.dumps({**good, "title": {"a": 1}}), json.dumps({**good, "title": 1.5}), json.dumps({**good, "holder": "reader:*"}),
                  json.dumps({**good, "holder": [["reader:*"]]}), json.dumps({**good, "holder": [None]}), json.dumps({**good, "": "x"}), json.dumps({**good, "text": "/etc/passwd"}),
                  json.dumps({**good, "x" * 100000: 1}), json.dumps({**good, "--json": True}), '{"incident":99999999999999999999}']
        for body in bodies:
            with self.subTest(body[:60]):
                said = self.api("POST", "incident open", body=body if isinstance(body, bytes) else body.encode(), status=400)
                self.assertLess(len(said.body), 1000)
        said = self.api("POST", "incident open", {**good, "holder": ["reader:*"] * 1001}, status=413)
        self.assertEqual(said.json["field"], "holder")
        self.api("POST", "incident open", headers={"Content-Type": "application/json", "Content-Length": str((1 << 20) + 1)}, status=413)      # refused before it comes
        for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json5", ""):
            said = self.api("POST", "incident open", body=json.dumps(good), headers={"Content-Type": kind})
            self.assertEqual(said.status, 400, kind)
        for path in ("", "incident", "incident/", "incident/open/", "incident/open/now", "a/b/c/d", "incident%20open", "Incident/Open", "../../etc/passwd"):
            self.assertIn(self.ask("POST", "/api/v1/" + path, headers={"Authorization": f"Bearer {self.token}"}, cookie=False).status, (400, 404), path)
        self.api("PUT", "incident list", status=405)
        self.api("GET", "job show", {"job": 1, "follow": "true"}, status=400)
        self.api("GET", "incident show", {"incident": 7}, status=404)
        self.api("GET", "incident show", [("incident", 1), ("incident", 2)], status=400)
        self.assertEqual(self.api("GET", "incident list", status=200).json["rows"], [])
        for said in (self.api("POST", "incident open", body="{"), self.api("GET", "incident show", {"incident": 7})):
            for secret in (self.token, PASSPHRASE, self.data):
                self.assertNotIn(secret, said.text)


if __name__ == "__main__":
    tell()
