-- Schema 3: what operators want of runs that other processes drive.

-- A run can be asked to stop before it is recorded: it has its name from then on.
CREATE TABLE stop (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run     TEXT    NOT NULL,
    time    TEXT    NOT NULL,
    wish    TEXT    NOT NULL
) STRICT;

CREATE INDEX stop_of_run ON stop (run, number);

CREATE TRIGGER stop_is_not_updated BEFORE UPDATE ON stop
BEGIN SELECT RAISE(ABORT, 'a stop is recorded once'); END;

CREATE TRIGGER stop_is_not_deleted BEFORE DELETE ON stop
BEGIN SELECT RAISE(ABORT, 'a stop is recorded once'); END;
