-- Records: what was created and changes seldom.
CREATE TABLE records (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

-- The face of every execution; ids grow in the order of creation.
CREATE TABLE executions (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    machine TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    started REAL NOT NULL,
    stopped REAL,
    version TEXT,
    alias TEXT,
    map_run TEXT,
    redrives INTEGER NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX executions_by_machine ON executions (machine, id);
CREATE INDEX executions_by_map_run ON executions (map_run, id) WHERE map_run IS NOT NULL;
CREATE INDEX executions_by_stop ON executions (stopped) WHERE stopped IS NOT NULL;

-- A row for every open execution.
CREATE TABLE running (
    execution INTEGER PRIMARY KEY,
    wake REAL,
    parked INTEGER NOT NULL,
    state TEXT NOT NULL
);

CREATE TABLE frames (
    execution INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, number)
) WITHOUT ROWID;

-- The events of one commit, numbers first to last, as one JSON array.
CREATE TABLE history (
    execution INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, first)
);
