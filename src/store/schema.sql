-- Schema 1.

-- One row per zone: the epoch its nodes enforce, and who took its lock last. The row
-- says who holds the lock only while the zone's lock file is locked.
CREATE TABLE zone (
    mzone  TEXT    NOT NULL PRIMARY KEY,
    epoch  INTEGER NOT NULL DEFAULT 0,
    run    TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    pid    INTEGER NOT NULL,
    host   TEXT    NOT NULL,
    since  TEXT    NOT NULL
) STRICT;

CREATE TABLE run (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run         TEXT    NOT NULL UNIQUE,
    mzone       TEXT    NOT NULL REFERENCES zone (mzone),
    kind        TEXT    NOT NULL,
    epoch       INTEGER NOT NULL,
    manifest    TEXT    NOT NULL,
    begun       TEXT    NOT NULL,
    plan        TEXT    NOT NULL CHECK (json_valid(plan)),
    plan_digest TEXT    NOT NULL,
    UNIQUE (mzone, epoch)
) STRICT;

CREATE TABLE journal (
    run      TEXT    NOT NULL REFERENCES run (run),
    seq      INTEGER NOT NULL,
    time     TEXT    NOT NULL,
    previous TEXT    NOT NULL,
    hash     TEXT    NOT NULL,
    event    TEXT    NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT;

CREATE TRIGGER run_is_not_updated BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'a run is recorded once'); END;

CREATE TRIGGER run_is_not_deleted BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'a run is recorded once'); END;

CREATE TRIGGER journal_is_not_updated BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_has_no_gaps BEFORE INSERT ON journal
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM journal WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'the journal has another end'); END;

CREATE TRIGGER epoch_only_grows BEFORE UPDATE ON zone WHEN NEW.epoch < OLD.epoch
BEGIN SELECT RAISE(ABORT, 'an epoch only grows'); END;
