"""PostgreSQL, asked in the two ways that make sense: a function that does the least that a log of devices needs, and COPY.

The function takes a batch as one array of JSON. It locks the one row that has the log's size, so that positions have no gaps and are
in the order of commits: a reader that asks for what comes after a position misses nothing. It leaves out what is there already.
"""
import json
import re
import time

from cluster import Cluster

from .common import IDS, System, Wrong, batches

SCHEMA = """
CREATE TABLE log(size bigint NOT NULL);
INSERT INTO log VALUES (0);
CREATE TABLE events(
  position bigint PRIMARY KEY, source text NOT NULL, counter bigint NOT NULL, type text NOT NULL, subject text NOT NULL,
  time timestamptz NOT NULL, basis bigint NOT NULL, data jsonb NOT NULL, salt text, recorded timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source, counter));
CREATE FUNCTION push(batch json) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE start bigint; added bigint;
BEGIN
  SELECT size INTO start FROM log FOR UPDATE;
  INSERT INTO events(position, source, counter, type, subject, time, basis, data, salt)
    SELECT start - 1 + row_number() OVER (ORDER BY place), source, id, type, subject, time, basis, data, salt
    FROM ROWS FROM (json_to_recordset(batch) AS (source text, id bigint, type text, subject text, time timestamptz, basis bigint,
                                                 data jsonb, salt text)) WITH ORDINALITY
         AS pushed(source, id, type, subject, time, basis, data, salt, place)
    WHERE NOT EXISTS (SELECT FROM events AS held WHERE held.source = pushed.source AND held.counter = pushed.id);
  GET DIAGNOSTICS added = ROW_COUNT;
  UPDATE log SET size = start + added;
  RETURN added;
END $$;
-- COPY gives out positions as it likes.
CREATE TABLE copied(LIKE events INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE SEQUENCE place;
ALTER TABLE copied ALTER position SET DEFAULT nextval('place');
"""
COLUMNS = "source, counter, type, subject, time, basis, data, salt"
SETTINGS = ("shared_buffers=512MB", "max_wal_size=4GB", "work_mem=256MB", "TimeZone=UTC", "fsync=on", "synchronous_commit=on")


ESCAPED = re.compile(r"\\.")


def field(value):
    """A value as COPY takes it."""
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def row(line):
    event = json.loads(line)
    return "\t".join(map(field, (event["source"], event["id"], event["type"], event["subject"], event["time"], event["basis"],
                                 json.dumps(event["data"], separators=(",", ":"), ensure_ascii=False), event.get("salt")))) + "\n"


class PostgreSQL(System):
    name, title = "postgresql", "PostgreSQL, a function with a lock"
    durable = "`fsync=on`, `synchronous_commit=on`: the WAL is synced before a commit is answered"
    lacks = "no validation, no roles, no order of causes, nothing signed or hashed"
    attributes = ("source", "id", "type", "subject", "time", "basis", "data", "salt")
    table = "events"
    cluster = None

    def start(self):
        if not self.cluster:
            self.cluster = Cluster(SETTINGS)
            self.cluster.make()
            self.cluster.sql(SCHEMA)
        if self.cluster.sql("SELECT current_setting('fsync') || current_setting('synchronous_commit')") != "onon":
            raise Wrong("PostgreSQL does not sync")

    def connect(self):
        import psycopg
        return psycopg.connect(self.cluster.address, autocommit=True)

    def empty(self, work, size):
        self.start()
        self.cluster.sql("TRUNCATE events, copied; UPDATE log SET size = 0; ALTER SEQUENCE place RESTART")
        # A statement of its own: it is in no transaction.
        self.cluster.sql("VACUUM log")
        self.cluster.sql("CHECKPOINT")

    def prepared(self, work, size):
        return [[f"[{b','.join(batch).decode()}]" for batch in batches(lines, size)] for lines in work.lines]

    def client(self, number):
        cursor = self.connect().cursor()

        def send(batch):
            cursor.execute("SELECT push(%s::json)", (batch,), prepare=True)
            if cursor.fetchone()[0] < 1:
                raise RuntimeError("PostgreSQL left out a new event")
        return send

    def check(self, work, size, answered):
        held = dict.fromkeys(IDS, (0, None, None))
        for line in self.cluster.sql(f"SELECT substr(source, 8), count(*), min(counter), max(counter) FROM {self.table} GROUP BY 1").split():
            own, *numbers = line.split("|")
            held[own] = tuple(map(int, numbers))
        for own, lines, count in zip(IDS, work.lines, answered):
            if not count:
                expected = (0, None, None)
            else:
                ends = (int(json.loads(lines[at])["id"]) for at in (0, count * size - 1))
                expected = (count * size, *ends)
            # Counters of a source are unique in the table, and without gaps in the batches.
            if held[own] != expected:
                raise Wrong(f"of {own} {held[own]} are there, {expected} were acknowledged")
        if self.table == "events" and self.cluster.sql(
                "SELECT count(*) = max(position) + 1 AND count(*) = (SELECT size FROM log) FROM events") != "t":
            raise Wrong("positions have gaps")

    def load(self, lines, work):
        self.empty(work, 0)
        send, parts = self.client(0), [f"[{b','.join(lines[at:at + 1000]).decode()}]" for at in range(0, len(lines), 1000)]
        for part in parts:
            send(part)
        with self.connect() as connection:
            if connection.execute("SELECT push(%s::json)", (parts[-1],)).fetchone()[0]:
                raise Wrong("PostgreSQL takes an event twice")
        self.cluster.sql("VACUUM ANALYZE events")
        self.cluster.sql("CHECKPOINT")

    def read(self):
        begun = time.perf_counter()
        with self.connect() as connection, connection.cursor().copy(
                f"COPY (SELECT {COLUMNS} FROM events ORDER BY position) TO STDOUT") as copy:
            lines = b"".join(copy).split(b"\n")[:-1]
        return time.perf_counter() - begun, lines

    def events(self, lines):
        back = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
        for line in lines:
            source, counter, verb, subject, when, basis, data, salt = (
                None if text == "\\N" else ESCAPED.sub(lambda found: back[found[0]], text) for text in line.decode().split("\t"))
            day, moment = when.removesuffix("+00").split(" ")
            whole, _, part = moment.partition(".")
            yield {"source": source, "id": counter, "type": verb, "subject": subject, "time": f"{day}T{whole}.{part:0<3}Z",
                   "basis": int(basis), "data": json.loads(data), **({"salt": salt} if salt else {})}

    def replay(self, types):
        begun, state = time.perf_counter(), {}
        with self.connect() as connection:
            for subject, name, value in connection.execute(
                    "SELECT DISTINCT ON (subject, name) subject, name, value FROM events, jsonb_each(data) AS f(name, value)"
                    " ORDER BY subject, name, position DESC"):
                state.setdefault(subject, {})[name] = value
        return time.perf_counter() - begun, state

    def disk(self):
        return {"bytes": int(self.cluster.sql("SELECT pg_total_relation_size('events')")), "what": "table and indexes, without the WAL"}

    def close(self):
        if self.cluster:
            self.cluster.remove()
            self.cluster = None


class Copy(PostgreSQL):
    """The fastest way in, whatever it promises: the bound of what the function could reach."""
    name, title = "copy", "PostgreSQL, COPY"
    durable = PostgreSQL.durable
    lacks = "as above, and no duplicates found, and positions in another order than commits: a reader may miss events"
    table = "copied"
    load = read = replay = disk = None

    def __init__(self, folder, options, function):
        super().__init__(folder, options)
        self.function, self.work = function, None

    def start(self):
        self.function.start()
        self.cluster = self.function.cluster

    def prepared(self, work, size):
        if self.work is not work:
            self.work, self.rows = work, [[row(line) for line in lines] for lines in work.lines]
        return [[("".join(batch).encode(), size) for batch in batches(rows, size)] for rows in self.rows]

    def client(self, number):
        cursor = self.connect().cursor()

        def send(batch):
            with cursor.copy(f"COPY copied({COLUMNS}) FROM STDIN") as copy:
                copy.write(batch[0])
            if cursor.rowcount != batch[1]:
                raise RuntimeError("PostgreSQL took another number of rows")
        return send

    def close(self):
        self.cluster = None
