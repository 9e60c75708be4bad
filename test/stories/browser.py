"""browser - a browser without scripts, for stories of the desk: it keeps cookies, reads pages, and fills in their forms."""
import http.cookiejar
import html.parser
import subprocess
import urllib.error
import urllib.parse
import urllib.request
import json
import uuid

from story import HANDBACK, Story


class Page(html.parser.HTMLParser):
    """What a page shows: its text, headings, links, and forms with what stands in their fields."""
    def __init__(self, status, url, headers, text):
        super().__init__()
        self.status, self.url, self.headers, self.source = status, url, headers, text
        self.links, self.forms, self.heading, self.title, self.text = [], [], "", "", ""
        self._in, self._link, self._area, self._select, self._chosen = [], None, None, None, False
        self.feed(text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.text += "" if tag in ("a", "span", "strong") else " "
        self._in.append(tag) if tag not in ("br", "hr", "img", "input", "link", "meta") else None
        if tag == "a" and "href" in a:
            self._link = [a["href"], ""]
        elif tag == "form":
            self.forms.append({"action": a.get("action", ""), "method": a.get("method", "get"), "fields": [], "choices": {}})
        elif tag == "option" and self._select and not self._chosen and ("selected" in a or not self._select[1]):
            self._select[1], self._chosen = a.get("value") or "", "selected" in a
        elif tag in ("input", "textarea", "select") and self.forms and "name" in a:
            form = self.forms[-1]
            if a.get("type") in ("radio", "checkbox"):
                form["choices"].setdefault(a["name"], []).append(a["value"])
                if "checked" not in a:
                    return
            form["fields"].append([a["name"], a.get("value") or ""])
            self._select = form["fields"][-1] if tag == "select" else None
            self._chosen = False
            self._area = form["fields"][-1] if tag == "textarea" else None

    def handle_endtag(self, tag):
        self.text += "" if tag in ("a", "span", "strong") else " "
        if tag in self._in:
            while self._in.pop() != tag:
                pass
        if tag == "textarea" and self._area:
            self._area[1], self._area = self._area[1].removeprefix("\n"), None
        if tag == "a" and self._link:
            self.links.append((self._link[0], " ".join(self._link[1].split())))
            self._link = None

    def handle_data(self, data):
        if self._area:
            self._area[1] += data
            return
        if self._link:
            self._link[1] += data
        if "title" in self._in and "svg" not in self._in:
            self.title += data
        elif "script" not in self._in:
            self.text += data
            if "h1" in self._in:
                self.heading += data

    def form(self, action):
        found = [f for f in self.forms if f["action"] == action]
        assert found, (action, [f["action"] for f in self.forms], self.text[:500])
        return found[0]

    def link(self, words):
        found = [href for href, text in self.links if words in text]
        assert found, (words, self.links)
        return found[0]


class Browser:
    def __init__(self, base, tls=None):
        self.base, self.origin = base, "/".join(base.split("/")[:3])
        self.jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls))
        self.page = None

    def ask(self, path, data=None, headers=None):
        where = urllib.parse.urljoin(self.page.url if self.page else self.base, path)
        request = urllib.request.Request(where, data=data, headers=({"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} if data is not None else {}) | (headers or {}))
        try:
            answer = self._open.open(request, timeout=60)
        except urllib.error.HTTPError as e:
            answer = e
        body = answer.read().decode(errors="replace")                 # a PDF is no text
        self.page = Page(answer.status, answer.url, answer.headers, body)
        return self.page

    def file(self, path, data=None):
        """A file that a link or a form leads to: its type and its bytes."""
        request = urllib.request.Request(urllib.parse.urljoin(self.page.url, path), data=data, headers={"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} if data else {})
        with self._open.open(request, timeout=60) as answer:
            return answer.headers["Content-Type"], answer.read()

    def file_by(self, form, **given):
        """Likewise, a file that a form answers with."""
        fields = [(n, v) for n, v in form["fields"] if n not in given] + list(given.items())
        request = urllib.request.Request(urllib.parse.urljoin(self.page.url, form["action"]), data=urllib.parse.urlencode(fields).encode(), headers={"Origin": self.origin})
        with self._open.open(request, timeout=60) as answer:
            return answer.headers["Content-Type"], answer.read()

    def go(self, path):
        return self.ask(path)

    def follow(self, words):
        return self.ask(self.page.link(words))

    def send(self, action, files=None, **given):
        """Fills in the form with that action and sends it. A list ticks several; None leaves a field out; a_b stands for a-b."""
        form = self.page.form(action)
        given = {k.replace("_", "-"): v for k, v in given.items()}
        fields = [(n, v) for n, v in form["fields"] if n not in given]
        for name, value in given.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value]) if one is not None]
        if form["method"] == "get":
            return self.ask(form["action"] + "?" + urllib.parse.urlencode(fields))
        if files is None:
            return self.ask(form["action"], urllib.parse.urlencode(fields).encode())
        edge = uuid.uuid4().hex
        body = b"".join(f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields if n not in files)
        for name, (called, content) in files.items():
            body += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + content + b"\r\n"
        return self.ask(form["action"], body + f"--{edge}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={edge}"})


class DeskStory(Story):
    """A business whose desk is running; self.browser is signed in by the link that `ui` printed."""
    def desk(self):
        self.running = subprocess.Popen([HANDBACK, "--data", self.data, "--json", "ui"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        self.addCleanup(self.running.stdout.close)
        self.addCleanup(self.running.wait)
        self.addCleanup(self.running.terminate)
        link = json.loads(self.running.stdout.readline())["link"]
        self.browser = Browser(link)
        page = self.browser.go(link)
        self.assertEqual(page.status, 200, page.text)
        return self.browser
