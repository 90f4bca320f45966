// The text below is Protocol/openapi.yaml, byte for byte; a test holds the two together. Change that file first.

/// The contract of the protocol's JSON parts, as the server gives it out.
enum Contract {
    // swift-format-ignore
    static let text = #"""
openapi: 3.1.0
info:
  title: Ambit sync protocol
  version: "1"
  summary: The agenda of a city as an append-only, verifiable log.
  description: >
    Devices push events, pull entries and verify both against signed checkpoints. This document is the contract of the
    parts in JSON; Sync.md describes the whole protocol, Events.md the events and Log.md the bytes of the log.
    Unknown query parameters are refused. Every error is a problem according to RFC 9457, with what to do next in
    `detail`. Bodies may be sent with `Content-Encoding: gzip`; answers are compressed for those who accept it.
    HEAD is answered wherever GET is.
servers:
  - url: /
security:
  - token: []
tags:
  - name: agendas
  - name: log
  - name: state
  - name: administration
  - name: operations
paths:
  /agendas:
    get:
      operationId: listAgendas
      tags: [agendas]
      summary: The agendas that the caller may see, sorted by name.
      security: [{}, {token: []}]
      parameters: [{$ref: "#/components/parameters/protocol"}]
      responses:
        "200":
          description: The list; empty without a token.
          content: {application/json: {schema: {$ref: "#/components/schemas/AgendaList"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: describeAgenda
      tags: [agendas]
      summary: What a client has to know of an agenda before it synchronises.
      responses:
        "200":
          description: The description.
          content: {application/json: {schema: {$ref: "#/components/schemas/AgendaDescription"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/devices:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    post:
      operationId: enrol
      tags: [administration]
      summary: Redeems an invite. Gives the device its identity and its token, which is not shown again.
      security: [{}]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/EnrolmentRequest"}}}
      responses:
        "201":
          description: Enrolled.
          headers:
            Location: {description: Where the device's document is., schema: {type: string}}
          content: {application/json: {schema: {$ref: "#/components/schemas/EnrolmentAnswer"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/devices/{id}:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    delete:
      operationId: revokeDevice
      tags: [administration]
      summary: Withdraws a device's access from its next request on. Doing so again changes nothing. For admins.
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, pattern: "^[a-z0-9]{6,12}$"}}
      responses:
        "204": {description: The device has no access.}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/invites:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    post:
      operationId: invite
      tags: [administration]
      summary: Makes a one-time code that lets somebody enrol. The code is not shown again. For admins.
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/InviteRequest"}}}
      responses:
        "201":
          description: The invite.
          content: {application/json: {schema: {$ref: "#/components/schemas/InviteAnswer"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/events:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: pull
      tags: [log]
      summary: Entries from a position on, one per line or as segment members.
      description: >
        Caught up when Ambit-Next equals Ambit-Size. In an answer from a cache, Ambit-Size may be less than the log's
        size now; how far to go is for a checkpoint to say.
      parameters:
        - name: after
          in: query
          description: How many entries the caller has.
          schema: {type: integer, minimum: 0, maximum: 9007199254740991, default: 0}
        - name: limit
          in: query
          description: The greatest number of entries in the answer.
          schema: {type: integer, minimum: 1, maximum: 65536, default: 65536}
        - name: wait
          in: query
          description: How many seconds to wait for an entry when the caller has all of them.
          schema: {type: integer, minimum: 0, maximum: 60, default: 0}
        - {$ref: "#/components/parameters/ifNoneMatch"}
      responses:
        "200":
          description: The entries; empty when there are none beyond `after`.
          headers:
            Ambit-Next: {description: The value for the next `after`., schema: {type: integer}}
            Ambit-Size: {description: The log's size., schema: {type: integer}}
            ETag: {$ref: "#/components/headers/tag"}
          content:
            application/x-ndjson: {schema: {type: string}}
            application/gzip: {schema: {type: string, contentEncoding: binary}}
        "304": {description: The caller has these bytes.}
        default: {$ref: "#/components/responses/problem"}
    post:
      operationId: push
      tags: [log]
      summary: Takes events of the calling device into the log; safe to send again.
      description: >
        One event per line, with increasing `id`. At most 10,000 events, 8 MiB as sent and 64 MiB inflated. When the
        answer is a problem, nothing of the push was stored.
      parameters:
        - name: Ambit-Size
          in: header
          description: How many entries the device has verified. More than the log has is `ahead-of-log`.
          schema: {type: integer, minimum: 0, maximum: 9007199254740991}
      requestBody:
        required: true
        content:
          application/x-ndjson: {schema: {type: string}}
      responses:
        "200":
          description: A verdict on every event.
          content: {application/json: {schema: {$ref: "#/components/schemas/PushAnswer"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/checkpoint:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: readCheckpoint
      tags: [log]
      summary: The log's checkpoint as it stands, a C2SP signed note.
      parameters: [{$ref: "#/components/parameters/ifNoneMatch"}]
      responses:
        "200":
          description: The signed note.
          headers: {ETag: {$ref: "#/components/headers/tag"}}
          content: {text/plain; charset=utf-8: {schema: {type: string}}}
        "304": {description: The caller has this checkpoint.}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/state:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: readState
      tags: [state]
      summary: Documents in the order of their subjects, now or earlier.
      description: >
        An answer stands for exactly one size of the log. To read on from `next` in the same state, give `at` the
        `size` of the first page.
      parameters:
        - name: at
          in: query
          description: >
            A number of entries; or a moment in UTC, such as 2026-03-01T12:00:00Z; or a date, which includes all that
            was recorded on that day in UTC.
          schema: {type: string, pattern: "^([0-9]{1,16}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}([.][0-9]{3})?Z)?)$"}
        - name: kind
          in: query
          description: Only subjects of this kind of the catalogue.
          schema: {type: string}
        - name: after
          in: query
          description: Only subjects after this one.
          schema: {type: string}
        - name: limit
          in: query
          schema: {type: integer, minimum: 1, maximum: 10000, default: 1000}
      responses:
        "200":
          description: A page.
          content: {application/json: {schema: {$ref: "#/components/schemas/StatePage"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/subjects/{kind}/{id}:
    parameters:
      - {$ref: "#/components/parameters/agenda"}
      - {$ref: "#/components/parameters/protocol"}
      - {name: kind, in: path, required: true, schema: {type: string}}
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: readSubject
      tags: [state]
      summary: One document with the writes that made it.
      responses:
        "200":
          description: The subject.
          content: {application/json: {schema: {$ref: "#/components/schemas/Subject"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/conflicts:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: listConflicts
      tags: [state]
      summary: Registers with different values whose authors did not know of each other.
      responses:
        "200":
          description: The open conflicts.
          content: {application/json: {schema: {$ref: "#/components/schemas/ConflictList"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/progress:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: listProgress
      tags: [state]
      summary: How far the targets of the ambitions have come.
      responses:
        "200":
          description: One item per ambition and target.
          content: {application/json: {schema: {$ref: "#/components/schemas/ProgressList"}}}
        default: {$ref: "#/components/responses/problem"}
  /agendas/{agenda}/rejections:
    parameters: [{$ref: "#/components/parameters/agenda"}, {$ref: "#/components/parameters/protocol"}]
    get:
      operationId: listRejections
      tags: [administration]
      summary: What was refused, in order of arrival. For auditors and admins.
      parameters:
        - name: after
          in: query
          description: The `next` of the page before.
          schema: {type: integer, minimum: 0, maximum: 9007199254740991, default: 0}
        - name: limit
          in: query
          schema: {type: integer, minimum: 1, maximum: 100, default: 100}
      responses:
        "200":
          description: A page.
          content: {application/json: {schema: {$ref: "#/components/schemas/RejectionList"}}}
        default: {$ref: "#/components/responses/problem"}
  /problems/{name}:
    get:
      operationId: explainProblem
      tags: [operations]
      summary: What a type of problem means.
      security: [{}]
      parameters:
        - {name: name, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          description: Title and next step.
          content: {text/plain; charset=utf-8: {schema: {type: string}}}
        default: {$ref: "#/components/responses/problem"}
  /healthz:
    get:
      operationId: health
      tags: [operations]
      summary: Whether the process answers.
      security: [{}]
      responses:
        "200": {description: It does., content: {text/plain; charset=utf-8: {schema: {type: string}}}}
        default: {$ref: "#/components/responses/problem"}
  /readyz:
    get:
      operationId: readiness
      tags: [operations]
      summary: Whether requests can be served.
      security: [{}]
      responses:
        "200": {description: They can., content: {text/plain; charset=utf-8: {schema: {type: string}}}}
        default: {$ref: "#/components/responses/problem"}
  /metrics:
    get:
      operationId: metrics
      tags: [operations]
      summary: Counters in the Prometheus text format.
      security: [{}]
      responses:
        "200":
          description: The counters.
          content: {text/plain; version=0.0.4; charset=utf-8: {schema: {type: string}}}
        default: {$ref: "#/components/responses/problem"}
  /openapi.yaml:
    get:
      operationId: contract
      tags: [operations]
      summary: This document.
      security: [{}]
      responses:
        "200": {description: The contract., content: {application/yaml: {schema: {type: string}}}}
        default: {$ref: "#/components/responses/problem"}
components:
  securitySchemes:
    token:
      type: http
      scheme: bearer
      description: The token that a device got when it enrolled.
  parameters:
    agenda:
      name: agenda
      in: path
      required: true
      schema: {type: string, pattern: "^[a-z0-9][a-z0-9-]{0,63}$"}
    protocol:
      name: Ambit-Protocol
      in: header
      description: The version that the client speaks; absent counts as 1.
      schema: {type: string, enum: ["1"]}
    ifNoneMatch:
      name: If-None-Match
      in: header
      schema: {type: string}
  headers:
    tag:
      description: A strong entity tag.
      schema: {type: string}
  responses:
    problem:
      description: A problem (RFC 9457).
      headers:
        Retry-After: {description: With 503 and 507, after how many seconds to try again., schema: {type: integer}}
        WWW-Authenticate: {description: With 401., schema: {type: string}}
        Allow: {description: With 405., schema: {type: string}}
      content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}
  schemas:
    Problem:
      type: object
      required: [type, title]
      properties:
        type: {type: string, description: "`/problems/<name>`", pattern: "^/problems/[a-z-]+$"}
        title: {type: string}
        status: {type: integer, minimum: 400, maximum: 599, description: Absent in verdicts.}
        detail: {type: string, description: "What was found, where, and what to do next."}
        size: {type: integer, minimum: 0, description: "With `ahead-of-log`: the log's size."}
        protocolVersions:
          type: array
          items: {type: integer}
          description: "With `unsupported-protocol`: the versions that the server speaks."
    AgendaList:
      type: object
      required: [agendas]
      properties:
        agendas:
          type: array
          items:
            type: object
            required: [name, title, size]
            properties:
              name: {type: string}
              title: {type: string}
              size: {$ref: "#/components/schemas/Size"}
    AgendaDescription:
      type: object
      required: [name, title, origin, verifierKey, size, protocolVersions, limits]
      properties:
        name: {type: string}
        title: {type: string}
        origin: {type: string, description: The origin of the agenda's checkpoints.}
        verifierKey: {type: string, description: A C2SP vkey.}
        size: {$ref: "#/components/schemas/Size"}
        protocolVersions: {type: array, items: {type: integer}}
        limits:
          type: object
          required:
            [eventBytes, pushEvents, pushCompressedBytes, pushInflatedBytes, inflateRatio, pullEntries, waitSeconds]
          properties:
            eventBytes: {type: integer}
            pushEvents: {type: integer}
            pushCompressedBytes: {type: integer}
            pushInflatedBytes: {type: integer}
            inflateRatio: {type: integer}
            pullEntries: {type: integer}
            waitSeconds: {type: integer}
    EnrolmentRequest:
      type: object
      required: [invite, member, device]
      properties:
        invite: {type: string, description: The code; a secret.}
        member: {type: string, description: The person's name; personal data.}
        device: {type: string, description: The laptop's name.}
        key: {type: string, description: The device's Ed25519 public key in base64.}
    EnrolmentAnswer:
      type: object
      required: [device, token, member, role, origin, verifierKey]
      properties:
        device: {type: string, description: "`device/<id>`"}
        token: {type: string, description: The bearer token; a secret.}
        member: {type: string, description: "`member/<id>`"}
        role: {$ref: "#/components/schemas/Role"}
        origin: {type: string}
        verifierKey: {type: string, description: The C2SP vkey to pin.}
    InviteRequest:
      type: object
      required: [role]
      properties:
        role: {$ref: "#/components/schemas/Role"}
        member: {type: string, description: "`member/<id>` for another device of an existing member."}
        expiresInDays: {type: integer, minimum: 1, maximum: 90, default: 7}
    InviteAnswer:
      type: object
      required: [code, role, expires]
      properties:
        code: {type: string, description: To hand to the invited person; a secret.}
        role: {$ref: "#/components/schemas/Role"}
        member: {type: string}
        expires: {type: string, format: date-time}
    PushAnswer:
      type: object
      required: [size, checkpoint, recordedtime, accepted, duplicate, rejected]
      properties:
        size: {$ref: "#/components/schemas/Size"}
        checkpoint: {type: string, description: The signed note of that size; empty when the log is.}
        recordedtime: {type: string}
        accepted: {type: array, items: {$ref: "#/components/schemas/VerdictRun"}}
        duplicate: {type: array, items: {$ref: "#/components/schemas/VerdictRun"}}
        rejected:
          type: array
          items:
            type: object
            required: [line, problem]
            properties:
              id: {type: string, description: Absent when the line was too broken to say.}
              line: {type: integer, minimum: 1}
              problem: {$ref: "#/components/schemas/Problem"}
    VerdictRun:
      type: object
      description: Events with consecutive counters at consecutive positions.
      required: [first, last, position]
      properties:
        first: {type: string}
        last: {type: string}
        position: {type: integer, minimum: 0}
    StatePage:
      type: object
      required: [size, documents]
      properties:
        size: {$ref: "#/components/schemas/Size"}
        kind: {type: string}
        documents:
          type: array
          items:
            type: object
            required: [subject, document]
            properties:
              subject: {type: string}
              document: {type: object}
        next: {type: string, description: The value for the next `after`; absent on the last page.}
    Subject:
      type: object
      required: [subject, size, document, registers]
      properties:
        subject: {type: string}
        size: {$ref: "#/components/schemas/Size"}
        document: {type: object}
        registers:
          type: array
          items:
            type: object
            required: [path, conflict, heads]
            properties:
              path: {type: string, description: An RFC 6901 pointer.}
              conflict: {type: boolean}
              heads: {$ref: "#/components/schemas/Heads"}
    ConflictList:
      type: object
      required: [size, conflicts]
      properties:
        size: {$ref: "#/components/schemas/Size"}
        conflicts:
          type: array
          items:
            type: object
            required: [subject, path, heads]
            properties:
              subject: {type: string}
              path: {type: string, description: An RFC 6901 pointer.}
              heads: {$ref: "#/components/schemas/Heads"}
    Heads:
      type: array
      description: The writes that no later author had seen, the one that is shown first.
      items:
        type: object
        required: [position, source, id, time]
        properties:
          position: {type: integer, minimum: 0}
          source: {type: string}
          id: {type: string}
          time: {type: string, format: date-time}
          value: {description: "What was written; absent when the write removed the value."}
    ProgressList:
      type: object
      required: [size, progress]
      properties:
        size: {$ref: "#/components/schemas/Size"}
        progress:
          type: array
          items:
            type: object
            required: [ambition, indicator, target, value, measurements]
            properties:
              ambition: {type: string}
              indicator: {type: string}
              unit: {type: string}
              target: {type: number}
              due: {type: string, format: date}
              value: {type: number}
              measurements: {type: integer, minimum: 0}
    RejectionList:
      type: object
      required: [rejections]
      properties:
        rejections:
          type: array
          items:
            type: object
            required: [cursor, source, recordedtime, problem]
            properties:
              cursor: {type: integer}
              source: {type: string}
              id: {type: string}
              recordedtime: {type: string, format: date-time}
              problem: {$ref: "#/components/schemas/Problem"}
              event: {type: string, description: The line as it arrived.}
              bytes: {type: string, description: The line in base64 when it is not UTF-8.}
        next: {type: integer, description: The value for the next `after`; absent on the last page.}
    Role:
      type: string
      enum: [auditor, recorder, editor, admin]
    Size:
      type: integer
      description: A number of entries.
      minimum: 0
      maximum: 9007199254740991

"""#
}
