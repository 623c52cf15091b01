-- Who is told when a user comes to `/` and leaves it.

CREATE TABLE followers (
    followed TEXT NOT NULL,
    follower TEXT NOT NULL,
    PRIMARY KEY (followed, follower)
);
