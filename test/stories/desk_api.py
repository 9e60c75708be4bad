"""The API: the same verbs, for programs, with a token and its person's role."""
import json

from desk import DeskStory
from story import PASSPHRASE, tell


class Api(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.token = self.token_of("owner")
        self.desk()

    def token_of(self, person):
        row = self.json("token", "add", person, "--name", "a program").row
        return row["token"] if isinstance(row["token"], str) else row["secret"]

    def call(self, verb, fields=None, status=200, token=None, method="POST"):
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"}
        body = json.dumps(fields).encode() if fields is not None and not isinstance(fields, bytes) else fields
        said = self.ask(method, "/api/v1/" + verb, headers=headers, body=body)
        self.assertEqual(said.status, status, said.body)
        self.assertEqual(said.header("Content-Type"), "application/json")
        return json.loads(said.body)

    def test_verbs_are_called_by_their_words(self):
        self.assertEqual(self.call("holder/add", {"holder": "reader:Van 1", "since": "2024-01-01", "keeps": ["card_number=none", "7y"]})["attention"], False)
        rows = self.call("holder/list", method="GET")["rows"]
        self.assertIn("Van 1", [r["name"] for r in rows])
        self.assertEqual(rows, self.json("holder", "list").rows)
        self.assertEqual(self.call("set", {"key": "business.name"})["rows"][0]["value"], "Fernwood Plumbing")

    def test_errors_say_what_and_where(self):
        for verb, fields, status, error in (("holder/add", {}, 400, "invalid"), ("no/such", {}, 404, "not_found"), ("holder/add", {"nome": "x"}, 400, "invalid"), ("init", {"name": "x"}, 404, "not_found"),
                                            ("holder/add", b"{", 400, "invalid"), ("import", {"file": "/etc/passwd"}, 403, "refused"), ("incident/show", {"incident": 77}, 404, "not_found")):
            said = self.call(verb, fields, status)
            self.assertEqual(said["error"], error, verb)
            self.assertTrue(said["say"])
        self.assertEqual(self.call("holder/add", None, 400, method="GET")["error"], "invalid")

    def test_only_a_token_opens_it(self):
        for token in ("x", "A" * 43, self.token[:-1]):
            self.assertEqual(self.call("holder/list", {}, 401, token=token)["error"], "refused")
        self.open()
        self.assertEqual(self.ask("GET", "/api/v1/holder/list").status, 401)

    def test_a_token_may_what_its_person_may(self):
        self.run_handback("person", "add", "--name", "Sam", "--role", "helper")
        sam = self.token_of("Sam")
        self.call("holder/add", {"holder": "reader:X"}, 403, token=sam)
        self.call("token/list", {}, 403, token=sam)

    def test_what_the_passphrase_opens_is_open_for_that_call_only(self):
        self.call("customer/find", {"email": "ana@example.com", "passphrase": PASSPHRASE})
        for _ in range(8):
            said = self.ask("POST", "/api/v1/customer/find", headers={"Authorization": f"Bearer {self.token}"}, body=b'{"email": "ana@example.com"}')
            self.assertEqual(json.loads(said.body).get("error"), "locked")


if __name__ == "__main__":
    tell()
