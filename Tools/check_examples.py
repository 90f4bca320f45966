#!/usr/bin/env python3
"""Checks import files against the rules in Protocol/Examples/README.md and the schemas in Protocol/Schemas.

Usage: check_examples.py [FILE ...]     several files are checked as one import, in the order given;
                                        without files, the project's examples
Exits with 1 and a list of what is wrong and where. Standard library only.
"""
import datetime
import json
import pathlib
import re
import sys

PROTOCOL = pathlib.Path(__file__).resolve().parent.parent / "Protocol"
EXAMPLES = [PROTOCOL / "Examples" / name for name in ("assen.ndjson", "fieldwork.ndjson")]
MEMBERS = {"type", "as", "subject", "data", "time"}
LOCAL_NAME = re.compile(r"[a-z0-9_-]{1,64}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# Subjects of these kinds are named by hand, also by the events that create them.
GIVEN_NAMES = {"agenda", "member", "device", "entry", "loss"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "integer":
        return is_type(value, "number") and value == int(value)
    return isinstance(value, TYPES[name])


def is_date(text):
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


class Schema:
    """As much of JSON Schema as the project's schemas use; anything else in them is an error, not a pass."""

    IGNORED = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "then", "else"}

    def __init__(self, root):
        self.root = root

    def problems(self, value, schema=None, at="data"):
        schema = self.root if schema is None else schema
        if schema is True:
            return
        if schema is False:
            yield f"{at}: not allowed here"
            return
        for keyword, expected in schema.items():
            if keyword in self.IGNORED or keyword.startswith("x-"):
                continue
            check = getattr(self, "_" + keyword.lstrip("$"), None)
            if check is None:
                yield f"{at}: the schema uses {keyword}, which this checker does not know"
            else:
                yield from check(value, expected, schema, at)

    def _type(self, value, names, schema, at):
        names = [names] if isinstance(names, str) else names
        if not any(is_type(value, name) for name in names):
            yield f"{at}: {value!r} is not {' or '.join(names)}"

    def _const(self, value, expected, schema, at):
        if value != expected:
            yield f"{at}: {value!r} instead of {expected!r}"

    def _enum(self, value, allowed, schema, at):
        if value not in allowed:
            yield f"{at}: {value!r} is none of {', '.join(map(str, allowed))}"

    def _pattern(self, value, pattern, schema, at):
        if isinstance(value, str) and not re.search(pattern, value):
            yield f"{at}: {value!r} does not match {pattern}"

    def _format(self, value, name, schema, at):
        if name == "date" and isinstance(value, str) and not is_date(value):
            yield f"{at}: {value!r} is not a date"

    def _minLength(self, value, least, schema, at):
        if isinstance(value, str) and len(value) < least:
            yield f"{at}: shorter than {least}"

    def _maxLength(self, value, most, schema, at):
        if isinstance(value, str) and len(value) > most:
            yield f"{at}: longer than {most}"

    def _minimum(self, value, least, schema, at):
        if is_type(value, "number") and value < least:
            yield f"{at}: {value} is below {least}"

    def _maximum(self, value, most, schema, at):
        if is_type(value, "number") and value > most:
            yield f"{at}: {value} is above {most}"

    def _minProperties(self, value, least, schema, at):
        if isinstance(value, dict) and len(value) < least:
            yield f"{at}: has fewer than {least} fields"

    def _required(self, value, names, schema, at):
        if isinstance(value, dict):
            yield from (f"{at}: {name} is missing" for name in names if name not in value)

    def _properties(self, value, properties, schema, at):
        if isinstance(value, dict):
            for name in value.keys() & properties.keys():
                yield from self.problems(value[name], properties[name], f"{at}/{name}")

    def _patternProperties(self, value, patterns, schema, at):
        if isinstance(value, dict):
            for pattern, inner in patterns.items():
                for name in value:
                    if re.search(pattern, name):
                        yield from self.problems(value[name], inner, f"{at}/{name}")

    def _additionalProperties(self, value, inner, schema, at):
        if isinstance(value, dict):
            patterns = schema.get("patternProperties", {})
            for name in value:
                if name not in schema.get("properties", {}) and not any(re.search(p, name) for p in patterns):
                    yield from self.problems(value[name], inner, f"{at}/{name}")

    def _propertyNames(self, value, inner, schema, at):
        if isinstance(value, dict):
            for name in value:
                yield from self.problems(name, inner, f"{at}/{name}")

    def _items(self, value, inner, schema, at):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.problems(item, inner, f"{at}/{index}")

    def _allOf(self, value, schemas, schema, at):
        for inner in schemas:
            yield from self.problems(value, inner, at)

    def _anyOf(self, value, schemas, schema, at):
        if all(any(self.problems(value, inner, at)) for inner in schemas):
            yield f"{at}: {value!r} fits none of the forms allowed"

    def _oneOf(self, value, schemas, schema, at):
        if sum(not any(self.problems(value, inner, at)) for inner in schemas) != 1:
            yield f"{at}: {value!r} does not fit exactly one of the forms allowed"

    def _not(self, value, inner, schema, at):
        if not any(self.problems(value, inner, at)):
            yield f"{at}: {value!r} is not allowed"

    def _ref(self, value, reference, schema, at):
        target = self.root
        for name in reference.removeprefix("#").strip("/").split("/"):
            target = target[name] if name else target
        yield from self.problems(value, target, at)


def load_schemas(folder):
    """Schema by type; empty when there are none yet."""
    return {file.stem: Schema(json.loads(file.read_text("utf-8"))) for file in folder.glob("*.*.json")}


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a name occurs twice")
    return dict(pairs)


class Import:
    """The lines of one import, checked one after the other."""

    def __init__(self, schemas, creating):
        self.schemas = schemas
        self.creating = creating
        self.subjects = {}  # by local name
        self.made = 0

    def problems(self, text):
        try:
            line = json.loads(text, object_pairs_hook=unique)
        except ValueError as error:
            yield f"not JSON: {error}"
            return
        shape = line if isinstance(line, dict) else {}
        if not isinstance(shape.get("type"), str) or not isinstance(shape.get("data"), dict):
            yield "a line is an object with a type and data"
            return
        yield from (f"unknown member {name}" for name in line.keys() - MEMBERS)
        if "time" in line and not (isinstance(line["time"], str) and TIME.fullmatch(line["time"])):
            yield f"time {line['time']!r} is not of the form 2026-11-12T10:11:12.123Z"
        if self.schemas and line["type"] not in self.schemas:
            yield f"no such type: {line['type']}"
            return
        found = []
        data = self.resolve(line["data"], found)
        yield from found
        kind = line["type"].split(".")[0]
        yield from self.subject_problems(line, kind)
        if self.schemas:
            yield from self.data_problems(line, data)
        if "as" in line:
            self.subjects[line["as"]] = f"{kind}/k3j9x2-{self.made + 1}"
        self.made += 1

    def subject_problems(self, line, kind):
        creating = line["type"] in self.creating
        named = creating and kind not in GIVEN_NAMES
        if named and "subject" in line:
            yield f"{line['type']} names its own subject, so the line must not have one"
        if not named and "subject" not in line:
            yield f"{line['type']} needs a subject"
        if "as" in line and not creating:
            yield f"as: {line['type']} does not create a subject"
        if "subject" in line:
            found = []
            subject = self.resolve(line["subject"], found)
            yield from found
            if not found and subject.split("/")[0] != kind:
                yield f"{line['type']} cannot be about {subject}"
        if "as" in line:
            if not isinstance(line["as"], str) or not LOCAL_NAME.fullmatch(line["as"]):
                yield f"local name {line['as']!r} is not 1 to 64 of a-z, 0-9, - and _"
            elif line["as"] in self.subjects:
                yield f"local name {line['as']} is given twice"

    def data_problems(self, line, data):
        schema = self.schemas[line["type"]]
        inner = schema.root["properties"]["data"]
        yield from schema.problems(data, inner)

    def resolve(self, value, found):
        """The value with subjects in the place of local names; what cannot be resolved is added to `found`."""
        if isinstance(value, dict):
            return {self.resolve(name, found): self.resolve(inner, found) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.resolve(inner, found) for inner in value]
        if isinstance(value, str) and value.startswith("$") and LOCAL_NAME.fullmatch(value[1:]):
            if value[1:] not in self.subjects:
                found.append(f"{value} is not defined above this line")
            return self.subjects.get(value[1:], value)
        return value


def main(files):
    schemas = load_schemas(PROTOCOL / "Schemas")
    # The catalogue's tables have creating types in italics.
    creating = set(re.findall(r"^\| \*([a-z]+\.[a-z-]+)\* \|", (PROTOCOL / "Events.md").read_text("utf-8"), re.M))
    whole, failures, count = Import(schemas, creating), 0, 0
    for file in files:
        for number, text in enumerate(file.read_text("utf-8").splitlines(), 1):
            if not text.strip():
                continue
            count += 1
            for problem in whole.problems(text):
                failures += 1
                print(f"{file.name}:{number}: {problem}", file=sys.stderr)
    against = f"{len(schemas)} schemas" if schemas else "no schemas (Protocol/Schemas is empty)"
    print(f"{count} lines, {len(whole.subjects)} local names, {failures} problems; checked against {against}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(name) for name in sys.argv[1:]] or EXAMPLES))
