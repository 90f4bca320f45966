"""DuckDB over the log as lines of JSON: the last value of each field of each subject, by the position in the file."""
import json
import os
import time

from .common import System, fresh


class DuckDB(System):
    name, title = "duckdb", "DuckDB over NDJSON"
    lacks = "takes no events, keeps no order: it reads a file that somebody else has written, with columns that are declared"
    sizes = ()

    def load(self, lines, work):
        self.path = os.path.join(fresh(self.folder), "log.ndjson")
        with open(self.path, "wb") as file:
            file.write(b"\n".join(lines) + b"\n")

    def replay(self, types):
        import duckdb

        def column(found):
            if found <= {int, float}:
                return "DOUBLE" if float in found else "BIGINT"
            return {frozenset({str}): "VARCHAR", frozenset({bool}): "BOOLEAN"}.get(frozenset(found), "JSON")
        columns = {name: column(found) for name, found in types.items()}
        data = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        last = ", ".join(f'arg_max(data."{name}", place)' for name in columns)
        begun = time.perf_counter()
        database = duckdb.connect()
        database.execute(f"""
            SELECT subject, {last} FROM (
              SELECT *, row_number() OVER () AS place
              FROM read_ndjson('{self.path}', columns = {{subject: 'VARCHAR', data: 'STRUCT({data})'}}))
            GROUP BY subject""")
        rows = database.fetchall()
        seconds = time.perf_counter() - begun
        database.close()
        return seconds, {subject: {name: json.loads(value) if columns[name] == "JSON" else value
                                   for name, value in zip(columns, values) if value is not None} for subject, *values in rows}
