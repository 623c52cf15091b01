"""The contracts of /, /events and /chat, seen by python-socketio. Run by unittest; see contract.py."""

import unittest
import uuid

from contract import Client, ids, token


class Namespaces(unittest.TestCase):
    def user(self, name, namespace, **how):
        user_id = next(ids)
        client = Client(token(sub=user_id, username=name), namespace=namespace, **how)
        self.addCleanup(client.socket.disconnect)
        client.id = str(user_id)
        # Who is answered has arrived.
        self.assertEqual(client.ask("ping"), "pong")
        return client

    def timeless(self, payload):
        self.assertRegex(payload.pop("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        return payload

    def test_realtime_over_each_transport(self):
        for transports in (["websocket"], ["polling"], ["polling", "websocket"]):
            with self.subTest(transports=transports):
                ann = self.user("ann", "/", transports=transports)
                greeting = ann.expect("connected")
                self.assertIsInstance(greeting.pop("socketId"), str)
                self.assertEqual(greeting, {"message": "Connected successfully", "userId": ann.id})
                self.assertEqual(ann.ask("activity"), {"success": True})

    def test_realtime_rooms_messages_and_music(self):
        ann, ben, room = self.user("ann", "/"), self.user("ben", "/"), str(uuid.uuid4())
        for member in (ann, ben):
            self.assertEqual(member.ask("join-room", {"room": room}), {"success": True, "room": room})
            self.assertEqual(member.expect("joined-room"), {"room": room})
        ann.emit("private-message", {"targetUserId": ben.id, "message": "hello 本"})
        self.assertEqual(self.timeless(ann.expect("message-sent")), {"targetUserId": ben.id, "message": "hello 本"})
        message = {"senderId": ann.id, "senderUsername": "ann", "message": "hello 本"}
        self.assertEqual(self.timeless(ben.expect("private-message")), message)
        sync = {"action": "pause", "songId": "s1", "currentTime": 3.5, "room": room}
        self.assertEqual(ann.ask("music-sync", sync), {"success": True})
        self.assertEqual(self.timeless(ben.expect("music-sync")), {**sync, "userId": ann.id})

    def test_events(self):
        ann, ben, room = self.user("ann", "/events"), self.user("ben", "/events"), str(uuid.uuid4())
        self.assertEqual(ann.ask("message", {"content": "hello"}), {"success": True})
        self.assertEqual(self.timeless(ben.expect("message")), {"senderId": ann.id, "content": "hello"})
        self.assertEqual(ann.ask("join", {"room": room}), {"success": True, "room": room})
        ben.emit("join", {"room": room})
        self.assertEqual(ann.expect("user:joined"), {"userId": ben.id, "room": room})
        ben.emit("message", {"content": "hello all", "room": room})
        for member in (ann, ben):
            self.assertEqual(self.timeless(member.expect("message")), {"senderId": ben.id, "content": "hello all"})
        self.assertEqual(ben.ask("leave", {"room": room}), {"success": True, "room": room})
        self.assertEqual(ann.expect("user:left"), {"userId": ben.id, "room": room})

    def test_both_dialects_of_chat(self):
        ann, room, name = self.user("ann", "/chat"), str(uuid.uuid4()), f"Annie {uuid.uuid4()}"
        self.assertEqual(ann.expect("onlineUsers"), [])
        self.assertTrue(ann.ask("joinChat", {"username": name})["success"])
        client_id = ann.expect("userOnline")["clientId"]
        ben = self.user("ben", "/chat")
        self.assertEqual(ben.expect("onlineUsers"), [[client_id, name]])
        self.assertEqual(ben.ask("joinChat", {"username": name})["code"], "conflict")
        ann.emit("sendMessage", {"message": "hello all"})
        self.assertEqual(self.timeless(ben.expect("newMessage")), {"username": name, "message": "hello all"})
        for value in ("hello", 7, {"deep": [None]}):
            self.assertTrue(ben.ask("message", value)["success"])
            self.assertEqual(ann.expect("message"), value)
        for member in (ann, ben):
            self.assertEqual(member.ask("joinRoom", room), {"success": True})
        self.assertEqual(ann.expect("userJoined"), {"id": ben.id, "username": "ben"})
        self.assertTrue(ben.ask("roomMessage", {"room": room, "message": "hello room"})["success"])
        said = {"user": {"id": ben.id, "username": "ben"}, "message": "hello room"}
        self.assertEqual(ann.expect("message"), said)
        ann.socket.disconnect()
        self.assertEqual(ben.expect("userOffline"), {"username": name, "clientId": client_id})
