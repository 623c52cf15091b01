"""The contract of /admin and /web, seen by python-socketio.

Run by unittest; GATEWAY_URL and GATEWAY_SECRET say where the gateway is and what signs its tokens.
"""

import base64
import hashlib
import hmac
import itertools
import json
import os
import threading
import time
import unittest
import uuid

import socketio

URL = os.environ["GATEWAY_URL"]
SECRET = os.environ["GATEWAY_SECRET"].encode()
PATIENCE = 15
ids = itertools.count(5001)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(**claims):
    claims = {"status": 1, "exp": int(time.time()) + 3600, **claims}
    body = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{body}.{base64url(hmac.digest(SECRET, body.encode(), hashlib.sha256))}"


class Client:
    """A socket that remembers what came, so that nothing is missed between two lines of a test."""

    def __init__(self, credentials, namespace="/web", transports=("websocket",)):
        self.namespace = namespace
        self.seen = []
        self.came = threading.Condition()
        # The WebSocket library below pretends to be a page of the gateway's own address, which is not on its list.
        self.socket = socketio.Client(reconnection=False, websocket_extra_options={"suppress_origin": True})
        self.socket.on("disconnect", lambda reason: self._take("disconnect", reason), namespace=namespace)
        self.socket.on("connect_error", lambda why: self._take("connect_error", why), namespace=namespace)
        self.socket.on("*", self._take, namespace=namespace)
        auth = {} if credentials is None else {"token": credentials}
        where = {"namespaces": [namespace], "transports": list(transports)}
        try:
            self.socket.connect(URL, auth=auth, wait_timeout=PATIENCE, **where)
        except socketio.exceptions.ConnectionError:
            if not self._find("connect_error", lambda why: True):
                raise

    def _take(self, name, payload=None):
        with self.came:
            self.seen.append((name, payload))
            self.came.notify_all()

    def _find(self, name, fits):
        return next((event for event in self.seen if event[0] == name and fits(event[1])), None)

    def expect(self, name, fits=lambda payload: True):
        with self.came:
            if not self.came.wait_for(lambda: self._find(name, fits), PATIENCE):
                raise AssertionError(f"waited in vain for {name}; there came {self.seen}")
            event = self._find(name, fits)
            self.seen.remove(event)
            return event[1]

    def emit(self, name, payload=None):
        self.socket.emit(name, payload, namespace=self.namespace)

    def ask(self, name, payload=None):
        return self.socket.call(name, payload, namespace=self.namespace, timeout=PATIENCE)


class Contract(unittest.TestCase):
    def user(self, name, user_id=None, **how):
        user_id = user_id or next(ids)
        claims = {"sub": user_id, "username": name, **how.pop("claims", {})}
        client = Client(token(**claims), **how)
        self.addCleanup(client.socket.disconnect)
        client.id = user_id
        client.greeting = client.expect("connected")
        return client

    def test_a_client_is_greeted_over_each_transport(self):
        for transports in (["websocket"], ["polling"], ["polling", "websocket"]):
            with self.subTest(transports=transports):
                ann = self.user("ann", transports=transports)
                self.assertEqual(ann.greeting["user"], {"id": ann.id, "username": "ann"})
                online = ann.expect("user:online", lambda who: who["userId"] == ann.id)
                self.assertEqual(online["username"], "ann")
                self.assertEqual(ann.ask("ping"), "pong")

    def test_a_refused_client_is_told_why(self):
        for credentials, namespace, reason in (
            (None, "/web", "missing token"),
            ("garbage", "/web", "invalid credentials"),
            (token(sub=7, exp=int(time.time()) - 60), "/web", "invalid credentials"),
            (token(sub=7, status=0), "/web", "account disabled"),
            (token(sub=7), "/admin", "insufficient permission"),
        ):
            with self.subTest(reason=reason):
                self.assertEqual(Client(credentials, namespace).expect("connect_error"), {"message": reason})

    def test_a_private_message_reaches_its_target(self):
        ann, ben = self.user("ann"), self.user("ben")
        answer = ann.ask("private:message", {"toUserId": ben.id, "message": "hello 本"})
        self.assertTrue(answer["success"])
        self.assertEqual(ann.expect("message:sent")["messageId"], answer["messageId"])
        message = ben.expect("private:message")
        self.assertRegex(message.pop("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(message, {"fromUserId": ann.id, "fromUsername": "ann", "message": "hello 本"})

    def test_the_members_of_a_room_hear_each_other(self):
        ann, ben, room = self.user("ann"), self.user("ben"), str(uuid.uuid4())
        self.assertEqual(ann.ask("room:join", {"roomId": room}), {"success": True, "roomId": room})
        ben.emit("room:join", {"roomId": room})
        self.assertEqual(ben.expect("room:joined"), {"roomId": room})
        self.assertEqual(ann.expect("room:user:joined"), {"userId": ben.id, "username": "ben"})
        ben.emit("room:message", {"roomId": room, "message": "hello all"})
        for member in (ann, ben):
            message = member.expect("room:message")
            self.assertEqual((message["fromUserId"], message["message"]), (ben.id, "hello all"))
        ben.emit("room:leave", {"roomId": room})
        self.assertEqual(ann.expect("room:user:left"), {"userId": ben.id, "username": "ben"})
        self.assertEqual(ben.ask("room:message", {"roomId": room, "message": "?"})["code"], "not_member")

    def test_a_user_goes_offline(self):
        ann, ben = self.user("ann"), self.user("ben")
        ben.socket.disconnect()
        self.assertEqual(ann.expect("user:offline", lambda who: who["userId"] == ben.id)["username"], "ben")

    def test_a_mistake_is_answered_with_a_code(self):
        ann = self.user("ann")
        answer = ann.ask("room:join", {"wrong": True})
        self.assertEqual((answer["success"], answer["code"]), (False, "invalid_payload"))
        self.assertEqual(answer["error"], answer["message"])
        ann.emit("room:join", {"wrong": True})
        error = ann.expect("error")
        self.assertEqual((error["event"], error["code"]), ("room:join", "invalid_payload"))
        self.assertIn("receivedData", error)

    def test_the_error_path_and_the_limit_are_told(self):
        ann = self.user("ann")
        for _ in range(3):
            self.assertEqual(ann.ask("test:error")["code"], "internal")
        self.assertEqual(ann.ask("test:error")["code"], "rate_limited")
        limit = ann.expect("rate:limit:exceeded")
        self.assertEqual((limit["event"], limit["limit"], limit["window"]), ("test:error", 3, 60))

    def test_an_operator_watches_and_disconnects(self):
        olga = self.user("olga", user_id="op:olga", namespace="/admin", claims={"roles": ["operator"]})
        ann = self.user("ann")
        olga.expect("stats:online-users", lambda online: ann.id in online["users"])
        olga.expect("user:online", lambda who: who["userId"] == ann.id)
        olga.emit("feed:subscribe", {"kinds": ["connection.closed"]})
        self.assertFalse(olga.expect("feed:snapshot")["recovered"])
        args = {"target": {"users": [ann.id]}, "reason": "maintenance"}
        olga.emit("admin:request", {"id": "1", "command": "disconnect", "args": args})
        self.assertTrue(olga.expect("admin:response", lambda response: response["id"] == "1")["ok"])
        self.assertEqual(ann.expect("kicked")["reason"], "maintenance")
        ann.expect("disconnect")
        olga.expect("feed:batch", lambda batch: any(entry["user"]["id"] == ann.id for entry in batch["entries"]))
