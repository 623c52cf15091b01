-- The history of rooms and of private messages. Ids grow with time, over both tables: the gateway gives them.

CREATE TABLE room_messages (
    id          BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    namespace   TEXT   NOT NULL,
    room        TEXT   NOT NULL,
    sender      TEXT   NOT NULL,
    sender_name TEXT   NOT NULL,
    content     TEXT   NOT NULL
);

CREATE INDEX room_messages_room ON room_messages (namespace, room, id);

CREATE TABLE private_messages (
    id          BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    namespace   TEXT   NOT NULL,
    sender      TEXT   NOT NULL,
    sender_name TEXT   NOT NULL,
    recipient   TEXT   NOT NULL,
    content     TEXT   NOT NULL
);

CREATE INDEX private_messages_sender ON private_messages (sender, id);
CREATE INDEX private_messages_recipient ON private_messages (recipient, id);
