-- Schema 2: a holder shows that it is still there, and its lock can be broken.

-- When the holder of the lock was last heard of.
ALTER TABLE zone ADD COLUMN heartbeat TEXT;

-- Every lock that was broken: whose it was, and by which process.
CREATE TABLE unlocking (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    mzone   TEXT    NOT NULL REFERENCES zone (mzone),
    run     TEXT    NOT NULL,
    time    TEXT    NOT NULL,
    pid     INTEGER NOT NULL,
    host    TEXT    NOT NULL
) STRICT;

CREATE INDEX unlocking_by_run ON unlocking (run);

CREATE TRIGGER unlocking_is_not_updated BEFORE UPDATE ON unlocking
BEGIN SELECT RAISE(ABORT, 'an unlocking is recorded once'); END;

CREATE TRIGGER unlocking_is_not_deleted BEFORE DELETE ON unlocking
BEGIN SELECT RAISE(ABORT, 'an unlocking is recorded once'); END;

-- A run whose lock was broken writes nothing more; whoever holds the zone next closes it.
CREATE TRIGGER run_is_not_unlocked BEFORE INSERT ON run
WHEN EXISTS (SELECT 1 FROM unlocking WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'the lock of this run was broken'); END;

CREATE TRIGGER journal_is_not_unlocked BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM unlocking WHERE run = NEW.run)
    AND (NEW.event ->> 'event' <> 'run-ended' OR NEW.event ->> 'state' <> 'interrupted')
BEGIN SELECT RAISE(ABORT, 'the lock of this run was broken'); END;
