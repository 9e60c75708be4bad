"""sink - a mail server of ours that takes mails and misbehaves on demand. What it answers is told by the recipient's name:

  refuse...  550 5.1.1 at RCPT          spam...   554 5.7.1 after the final dot
  later...   451 4.7.1, the first `put_off` times     never...  451 4.7.1 always
  lost...    takes the mail and drops the line without an answer
  cut...     drops the line at RCPT, the first `put_off` times
  slow...    takes the mail and answers only when `go` is set, as `slow_says`; at most HELD_S later
"""
import collections
import email
import email.policy
import socket
import socketserver
import threading
import time

HELD_S = 25


class Sink:
    slow_says = "250 2.0.0 Ok: taken"

    def __init__(self, put_off=1, delay=0.0, refuse_all=None):
        self.taken = collections.defaultdict(list)     # recipient -> Message-IDs, in the order taken
        self.mails = {}
        self.times = {}                                # recipient -> when it was last taken
        self.senders = {}                              # recipient -> the envelope's sender
        self.seen = collections.Counter()              # (recipient) -> how often it was offered
        self.most_at_once = self.at_once = 0           # connections
        self.most_waiting = self.waiting = 0           # mails that have all been said and wait out the delay
        self.put_off, self.delay, self.refuse_all = put_off, delay, refuse_all
        self.lock = threading.Lock()
        self.go = threading.Event()
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                with sink.lock:
                    sink.at_once += 1
                    sink.most_at_once = max(sink.most_at_once, sink.at_once)
                try:
                    self.talk()
                except (ConnectionError, TimeoutError, ValueError):
                    pass
                finally:
                    with sink.lock:
                        sink.at_once -= 1

            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def talk(self):
                self.say(sink.refuse_all or "220 sink.example ESMTP")
                to = None
                while not sink.refuse_all:
                    line = self.rfile.readline()
                    if not line:
                        return
                    word = line[:4].upper()
                    if word == b"EHLO":
                        self.say("250-sink.example")
                        self.say("250 8BITMIME")
                    elif word == b"MAIL":
                        sender = line.split(b"<", 1)[1].split(b">", 1)[0].decode()
                        self.say("250 2.1.0 Ok")
                    elif word == b"RCPT":
                        to = line.split(b"<", 1)[1].split(b">", 1)[0].decode()
                        with sink.lock:
                            sink.senders[to] = sender
                            sink.seen[to] += 1
                            again = sink.seen[to] <= sink.put_off
                        if to.startswith("cut") and again:
                            self.connection.shutdown(socket.SHUT_RDWR)
                            return
                        if to.startswith("refuse"):
                            self.say("550 5.1.1 No such user here")
                        elif to.startswith("never") or (to.startswith("later") and again):
                            self.say("451 4.7.1 Try again later")
                        else:
                            self.say("250 2.1.5 Ok")
                    elif word == b"DATA":
                        self.say("354 Go on")
                        if not self.data(to):
                            return
                    elif word == b"QUIT":
                        self.say("221 2.0.0 Bye")
                        return
                    else:
                        self.say("250 2.0.0 Ok")

            def data(self, to):
                lines = []
                while True:
                    line = self.rfile.readline()
                    if not line:
                        return False
                    if line == b".\r\n":
                        break
                    lines.append(line[1:] if line.startswith(b".") else line)
                if sink.delay:
                    with sink.lock:
                        sink.waiting += 1
                        sink.most_waiting = max(sink.most_waiting, sink.waiting)
                    time.sleep(sink.delay)
                    with sink.lock:
                        sink.waiting -= 1
                if to.startswith("slow"):
                    sink.go.wait(HELD_S)
                    if not sink.slow_says.startswith("2"):
                        self.say(sink.slow_says)
                        return True
                if to.startswith("spam"):
                    self.say("554 5.7.1 We do not want this")
                    return True
                mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                with sink.lock:
                    sink.taken[to].append(mail["Message-ID"])
                    sink.mails[to] = mail
                    sink.times[to] = time.monotonic()
                if to.startswith("lost"):
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return False
                self.say("250 2.0.0 Ok: taken")
                return True

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            request_queue_size = 100

        self.server = Server(("127.0.0.1", 0), Talk)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.go.set()
        self.server.shutdown()
        self.server.server_close()
