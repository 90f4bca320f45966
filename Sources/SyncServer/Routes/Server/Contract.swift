// The text below is Protocol/openapi.yaml, byte for byte; a test holds the two together. Change that file first.

/// The contract of the protocol's JSON parts, as the server gives it out.
enum Contract {
    // swift-format-ignore
    static let text = #"""
openapi: 3.1.0
info:
  title: Ambit
  version: "1"
  summary: The JSON parts of the synchronisation protocol.
  description: |
    Sync.md says what the parts mean, what clients must do with them, and what the parts that are not JSON look like
    (events, entries, segment members, checkpoints, tiles). Any answer may also be a problem, see `components/responses`.
servers:
  - url: /
security:
  - token: []
tags:
  - name: synchronise
  - name: read
  - name: administer
  - name: operate

paths:
  /agendas:
    get:
      tags: [read]
      operationId: listAgendas
      summary: The agendas that the token opens, and those that are open to everybody.
      security: [{ token: [] }, {}]
      responses:
        "200":
          description: Sorted by name.
          content: { application/json: { schema: { $ref: "#/components/schemas/AgendaList" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [read]
      operationId: describeAgenda
      security: [{ token: [] }, {}]
      summary: What a client has to know before it synchronises.
      responses:
        "200":
          description: The agenda.
          content: { application/json: { schema: { $ref: "#/components/schemas/AgendaDescription" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/devices:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    post:
      tags: [synchronise]
      operationId: enrol
      summary: Redeems an invite; without one, goes on as another device of the token's member.
      security: [{}, { token: [] }]
      parameters:
        - $ref: "#/components/parameters/verified"
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/EnrolmentRequest" } } }
      responses:
        "201":
          description: Enrolled. The token is not shown again.
          content: { application/json: { schema: { $ref: "#/components/schemas/EnrolmentAnswer" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/devices/{id}:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
      - name: id
        in: path
        required: true
        schema: { type: string, pattern: "^[a-z0-9]{6,12}$" }
    delete:
      tags: [administer]
      operationId: revokeDevice
      summary: Withdraws the access of a device and of all that continue it; for admins.
      responses:
        "204": { description: It has no access any more. }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/token:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    post:
      tags: [synchronise]
      operationId: renewToken
      summary: Another token for the device that asks; both are good then, all earlier ones are not.
      responses:
        "201":
          description: The token is not shown again.
          content: { application/json: { schema: { $ref: "#/components/schemas/TokenAnswer" } } }
        default: { $ref: "#/components/responses/Problem" }
    delete:
      tags: [synchronise]
      operationId: endOtherTokens
      summary: Ends all tokens of the device but the one that the request comes with.
      responses:
        "204": { description: This token is the only one. }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/invites:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [administer]
      operationId: listInvites
      summary: The invites that are neither used nor expired; for admins.
      responses:
        "200":
          description: The one that expires first at the front.
          content: { application/json: { schema: { $ref: "#/components/schemas/InviteList" } } }
        default: { $ref: "#/components/responses/Problem" }
    post:
      tags: [administer]
      operationId: invite
      summary: Makes a one-time invite; for admins.
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/InviteRequest" } } }
      responses:
        "201":
          description: The code is not shown again.
          content: { application/json: { schema: { $ref: "#/components/schemas/InviteAnswer" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/invites/{id}:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
      - name: id
        in: path
        required: true
        schema: { type: string, pattern: "^[0-9a-f]{16}$" }
    delete:
      tags: [administer]
      operationId: withdrawInvite
      summary: Takes back an invite that has not been used; for admins.
      responses:
        "204": { description: It lets nobody in any more. }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/events:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    post:
      tags: [synchronise]
      operationId: push
      summary: Takes a device's events into the log.
      parameters:
        - $ref: "#/components/parameters/verified"
        - name: Content-Encoding
          in: header
          schema: { enum: [gzip, identity] }
      requestBody:
        required: true
        content:
          application/x-ndjson:
            schema: { type: string, description: "One event per line, ids strictly increasing; may be gzip." }
      responses:
        "200":
          description: A verdict on every event.
          content: { application/json: { schema: { $ref: "#/components/schemas/PushAnswer" } } }
        "409":
          description: ahead-of-log, or identity-reused for a counter that was used with other bytes; nothing was stored.
          content: { application/problem+json: { schema: { $ref: "#/components/schemas/Problem" } } }
        default: { $ref: "#/components/responses/Problem" }
    get:
      tags: [synchronise]
      operationId: pull
      security: [{ token: [] }, {}]
      summary: Entries from a position on.
      parameters:
        - name: after
          in: query
          description: How many entries the client has.
          schema: { $ref: "#/components/schemas/Count", default: 0 }
        - name: limit
          in: query
          schema: { type: integer, minimum: 1, maximum: 65536, default: 65536 }
        - name: wait
          in: query
          description: Seconds to wait for an entry when there is none yet.
          schema: { type: integer, minimum: 0, maximum: 60, default: 0 }
        - name: If-None-Match
          in: header
          schema: { type: string }
        - name: Last-Event-ID
          in: header
          description: Of a live stream; goes before `after`.
          schema: { $ref: "#/components/schemas/Count" }
      responses:
        "200":
          description: Entries; none when the client is caught up. A live stream only ends with the connection.
          headers:
            Ambit-Next: { description: The next `after`., schema: { $ref: "#/components/schemas/Count" } }
            Ambit-Size: { description: The log's size., schema: { $ref: "#/components/schemas/Count" } }
            ETag: { schema: { type: string } }
          content:
            application/x-ndjson: { schema: { type: string, description: One entry per line. } }
            application/gzip: { schema: { type: string, format: binary, description: "Segment members, see Log.md." } }
            text/event-stream: { schema: { type: string, description: "Entries as they are committed, see Sync.md." } }
        "304": { description: The client has these very bytes. }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/heal:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    post:
      tags: [administer]
      operationId: heal
      summary: Takes back entries that the log has lost; for admins.
      parameters:
        - name: Content-Encoding
          in: header
          schema: { enum: [gzip, identity] }
      requestBody:
        required: true
        content:
          application/x-ndjson:
            schema: { type: string, description: "First a HealingHeader, then one entry per line; may be gzip." }
      responses:
        "200":
          description: The log has these entries.
          content: { application/json: { schema: { $ref: "#/components/schemas/HealingAnswer" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/checkpoint:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [synchronise]
      operationId: readCheckpoint
      security: [{ token: [] }, {}]
      summary: The latest checkpoint.
      parameters:
        - name: cosignatures
          in: query
          description: Only the latest one that so many of the server's witnesses have cosigned.
          schema: { type: integer, minimum: 0, maximum: 64 }
      responses:
        "200":
          description: A C2SP signed note.
          content: { text/plain: { schema: { type: string } } }
        "304": { description: It has not changed. }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/tile/{level}/{tile}:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
      - name: level
        in: path
        required: true
        description: A level of the tree, or `entries` for entry bundles.
        schema: { type: string, pattern: "^(entries|[0-9]|[1-5][0-9]|6[0-3])$" }
      - name: tile
        in: path
        required: true
        description: "`<N>[.p/<W>]`, with the slashes that it has as slashes; see Log.md."
        schema: { type: string, pattern: '^(x\d{3}/)*\d{3}(\.p/[1-9]\d{0,2})?$' }
    get:
      tags: [synchronise]
      operationId: readTile
      security: [{ token: [] }, {}]
      summary: Hashes of the tree, or entries, as C2SP tlog-tiles has them.
      responses:
        "200":
          description: It never changes.
          content: { application/octet-stream: { schema: { type: string, format: binary } } }
        "304": { description: It never does. }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/state:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [read]
      operationId: readState
      security: [{ token: [] }, {}]
      summary: Documents, now or at an earlier size or moment.
      parameters:
        - $ref: "#/components/parameters/at"
        - name: kind
          in: query
          description: Only subjects of this kind; later servers may know more kinds.
          schema:
            enum:
              [agenda, theme, organisation, indicator, ambition, offer, ask, project, milestone, measurement, note,
              member, device, entry]
        - name: after
          in: query
          description: Only subjects after this one.
          schema: { type: string }
        - name: limit
          in: query
          schema: { type: integer, minimum: 1, maximum: 10000, default: 1000 }
      responses:
        "200":
          description: A page, sorted by subject.
          content: { application/json: { schema: { $ref: "#/components/schemas/StatePage" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/subjects/{kind}/{id}:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
      - { name: kind, in: path, required: true, schema: { type: string } }
      - { name: id, in: path, required: true, schema: { type: string } }
    get:
      tags: [read]
      operationId: readSubject
      security: [{ token: [] }, {}]
      summary: One document with the writes that made it, now or at an earlier size or moment.
      parameters:
        - $ref: "#/components/parameters/at"
      responses:
        "200":
          description: The subject.
          content: { application/json: { schema: { $ref: "#/components/schemas/SubjectAnswer" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/subjects/{kind}/{id}/history:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
      - { name: kind, in: path, required: true, schema: { type: string } }
      - { name: id, in: path, required: true, schema: { type: string } }
    get:
      tags: [read]
      operationId: readHistory
      summary: The events about a subject, with what each changed and what its author had not seen.
      parameters:
        - { name: after, in: query, description: The size to begin at., schema: { $ref: "#/components/schemas/Count", default: 0 } }
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 1000, default: 100 } }
        - $ref: "#/components/parameters/language"
      responses:
        "200":
          description: A page, in the order of the log.
          headers: { Content-Language: { schema: { enum: [en, nl] } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/HistoryPage" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/subjects/{kind}/{id}/blame:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
      - { name: kind, in: path, required: true, schema: { type: string } }
      - { name: id, in: path, required: true, schema: { type: string } }
    get:
      tags: [read]
      operationId: readBlame
      summary: For every field of a subject the events whose values stand, and who recorded them.
      parameters:
        - $ref: "#/components/parameters/at"
      responses:
        "200":
          description: The fields, sorted by path.
          content: { application/json: { schema: { $ref: "#/components/schemas/BlameAnswer" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/diff:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [read]
      operationId: compareStates
      summary: What differs between the states at two sizes or moments, by subject and field.
      parameters:
        - name: from
          in: query
          required: true
          description: The earlier state; a size, a moment in UTC, or a date.
          schema: { $ref: "#/components/schemas/StateReference" }
        - name: to
          in: query
          description: The later state; the present one when missing.
          schema: { $ref: "#/components/schemas/StateReference" }
        - name: kind
          in: query
          description: Only subjects of this kind; later servers may know more kinds.
          schema:
            enum:
              [agenda, theme, organisation, indicator, ambition, offer, ask, project, milestone, measurement, note,
              member, device, entry]
        - name: after
          in: query
          description: Only subjects after this one.
          schema: { type: string }
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 1000, default: 100 } }
        - $ref: "#/components/parameters/language"
      responses:
        "200":
          description: A page, sorted by subject.
          headers: { Content-Language: { schema: { enum: [en, nl] } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/DifferencePage" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/conflicts:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [read]
      operationId: listConflicts
      summary: Registers with different values whose authors did not know of each other.
      parameters:
        - name: kind
          in: query
          description: Only subjects of this kind; later servers may know more kinds. Not together with `subject`.
          schema:
            enum:
              [agenda, theme, organisation, indicator, ambition, offer, ask, project, milestone, measurement, note,
              member, device, entry]
        - name: subject
          in: query
          description: Only this subject. Not together with `kind`.
          schema: { type: string }
        - name: after
          in: query
          description: Only conflicts after this one, a subject followed by a path; the `next` of an earlier page.
          schema: { type: string, pattern: "^[^/]+/[^/]*/" }
        - name: limit
          in: query
          schema: { type: integer, minimum: 1, maximum: 1000, default: 1000 }
      responses:
        "200":
          description: A page of open conflicts, sorted by subject and path.
          content: { application/json: { schema: { $ref: "#/components/schemas/ConflictList" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/progress:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [read]
      operationId: readProgress
      security: [{ token: [] }, {}]
      summary: How far the targets have come.
      responses:
        "200":
          description: One item per ambition and target.
          content: { application/json: { schema: { $ref: "#/components/schemas/ProgressList" } } }
        default: { $ref: "#/components/responses/Problem" }

  /agendas/{agenda}/rejections:
    parameters:
      - $ref: "#/components/parameters/agenda"
      - $ref: "#/components/parameters/protocol"
    get:
      tags: [read]
      operationId: listRejections
      summary: What was refused, in order of arrival; for auditors and admins.
      parameters:
        - { name: after, in: query, schema: { $ref: "#/components/schemas/Count", default: 0 } }
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100, default: 100 } }
      responses:
        "200":
          description: A page.
          content: { application/json: { schema: { $ref: "#/components/schemas/RejectionList" } } }
        default: { $ref: "#/components/responses/Problem" }

  /problems/{name}:
    parameters:
      - { name: name, in: path, required: true, schema: { type: string } }
    get:
      tags: [operate]
      operationId: explainProblem
      summary: What a type of problem means.
      security: []
      responses:
        "200": { description: In words., content: { text/plain: { schema: { type: string } } } }
        default: { $ref: "#/components/responses/Problem" }

  /healthz:
    get:
      tags: [operate]
      operationId: checkHealth
      summary: The process answers.
      security: []
      responses:
        "200": { description: It does., content: { text/plain: { schema: { type: string } } } }

  /readyz:
    get:
      tags: [operate]
      operationId: checkReadiness
      summary: Requests can be served.
      security: []
      responses:
        "200": { description: They can., content: { text/plain: { schema: { type: string } } } }
        default: { $ref: "#/components/responses/Problem" }

  /metrics:
    get:
      tags: [operate]
      operationId: readMetrics
      summary: Counters in the Prometheus text format.
      security: []
      responses:
        "200": { description: Counters., content: { text/plain: { schema: { type: string } } } }

  /openapi.yaml:
    get:
      tags: [operate]
      operationId: readContract
      summary: This document.
      security: []
      responses:
        "200": { description: The contract., content: { application/yaml: { schema: { type: object } } } }

components:
  securitySchemes:
    token: { type: http, scheme: bearer, description: A device's token. }

  parameters:
    agenda:
      name: agenda
      in: path
      required: true
      schema: { type: string, pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" }
    protocol:
      name: Ambit-Protocol
      in: header
      description: The version that the client speaks.
      schema: { enum: ["1"], default: "1" }
    verified:
      name: Ambit-Size
      in: header
      description: How many entries the device has verified; sent by those that keep a log.
      schema: { $ref: "#/components/schemas/Count" }
    at:
      name: at
      in: query
      description: A size, a moment in UTC, or a date.
      schema: { $ref: "#/components/schemas/StateReference" }
    language:
      name: Accept-Language
      in: header
      description: The language of `text`, English or Dutch; English for all others.
      schema: { type: string, examples: [nl] }

  responses:
    Problem:
      description: What went wrong, and what to do next (RFC 9457).
      headers:
        Retry-After: { description: "Seconds; with 429, 503 and 507.", schema: { type: integer } }
      content: { application/problem+json: { schema: { $ref: "#/components/schemas/Problem" } } }

  schemas:
    Count: { type: integer, minimum: 0, maximum: 9007199254740991 }
    Time: { type: string, pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" }
    Subject: { type: string, maxLength: 100, pattern: "^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9._-]*$" }
    Counter: { type: string, pattern: "^[1-9][0-9]{0,15}$" }
    Role: { enum: [auditor, recorder, editor, admin] }

    Problem:
      type: object
      required: [type, title]
      properties:
        type: { type: string, pattern: "^/problems/[a-z-]+$" }
        title: { type: string }
        status: { type: integer, minimum: 400, maximum: 599, description: Missing in verdicts. }
        detail: { type: string }
        size: { $ref: "#/components/schemas/Count", description: "With ahead-of-log: the log's size." }
        protocolVersions: { type: array, items: { type: integer }, description: With unsupported-protocol. }
        retryAfter: { type: integer, minimum: 1, description: "With rate-limited: seconds, as in Retry-After." }

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
              name: { type: string }
              title: { type: string }
              size: { $ref: "#/components/schemas/Count" }

    AgendaDescription:
      type: object
      required: [name, title, origin, verifierKey, size, protocolVersions, limits]
      properties:
        name: { type: string }
        title: { type: string }
        origin: { type: string }
        verifierKey: { type: string, description: C2SP vkey. }
        size: { $ref: "#/components/schemas/Count" }
        protocolVersions: { type: array, items: { type: integer } }
        limits: { $ref: "#/components/schemas/Limits" }

    Limits:
      type: object
      required:
        - eventBytes
        - pushEvents
        - pushCompressedBytes
        - pushInflatedBytes
        - inflateRatio
        - pullEntries
        - waitSeconds
      additionalProperties: { type: integer }

    EnrolmentRequest:
      type: object
      required: [device]
      dependentRequired: { invite: [member] }
      properties:
        invite: { type: string, description: Missing to go on as another device. }
        member: { type: string, minLength: 1, maxLength: 200, description: "The person's name, at most 200 bytes." }
        device: { type: string, minLength: 1, maxLength: 200, description: "The device's name, at most 200 bytes." }
        key:
          type: string
          contentEncoding: base64
          pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"
          description: Ed25519 public key, 32 bytes.

    EnrolmentAnswer:
      type: object
      required: [device, token, member, role, origin, verifierKey]
      properties:
        device: { $ref: "#/components/schemas/Subject" }
        token: { type: string }
        member: { $ref: "#/components/schemas/Subject" }
        role: { $ref: "#/components/schemas/Role" }
        origin: { type: string }
        verifierKey: { type: string }

    TokenAnswer:
      type: object
      required: [token]
      properties:
        token: { type: string }

    InviteRequest:
      type: object
      required: [role]
      properties:
        role: { $ref: "#/components/schemas/Role" }
        member: { $ref: "#/components/schemas/Subject", description: For another device of this member. }
        expiresInDays: { type: integer, minimum: 1, maximum: 90, default: 7 }

    InviteAnswer:
      type: object
      required: [code, role, expires]
      properties:
        code: { type: string }
        role: { $ref: "#/components/schemas/Role" }
        member: { $ref: "#/components/schemas/Subject" }
        expires: { $ref: "#/components/schemas/Time" }

    InviteList:
      type: object
      required: [invites]
      properties:
        invites:
          type: array
          items:
            type: object
            required: [id, role, expires]
            properties:
              id: { type: string }
              role: { $ref: "#/components/schemas/Role" }
              member: { $ref: "#/components/schemas/Subject" }
              expires: { $ref: "#/components/schemas/Time" }
              device:
                $ref: "#/components/schemas/Subject"
                description: The one that made it, good while it is an admin's; missing when that was done on the server.

    VerdictRun:
      type: object
      description: Consecutive counters at consecutive positions.
      required: [first, last, position]
      properties:
        first: { $ref: "#/components/schemas/Counter" }
        last: { $ref: "#/components/schemas/Counter" }
        position: { $ref: "#/components/schemas/Count" }

    PushAnswer:
      type: object
      required: [size, checkpoint, recordedtime, accepted, duplicate, rejected]
      properties:
        size: { $ref: "#/components/schemas/Count" }
        checkpoint: { type: string, description: Of exactly this size. }
        recordedtime: { type: string }
        accepted: { type: array, items: { $ref: "#/components/schemas/VerdictRun" } }
        duplicate: { type: array, items: { $ref: "#/components/schemas/VerdictRun" } }
        rejected:
          type: array
          items:
            type: object
            required: [line, problem]
            properties:
              id: { $ref: "#/components/schemas/Counter" }
              line: { type: integer, minimum: 1 }
              problem: { $ref: "#/components/schemas/Problem" }

    HealingHeader:
      type: object
      required: [after, checkpoint]
      properties:
        after: { $ref: "#/components/schemas/Count", description: How many entries come before those that follow. }
        checkpoint: { type: string, description: "By the log's own key, for the entries' end or beyond." }
        proof:
          type: array
          maxItems: 126
          items: { type: string, pattern: "^[A-Za-z0-9+/]{43}=$" }
          description: From the entries' end to the checkpoint; missing when they are the same.
        redactions:
          type: array
          description: Those beyond the entries by which some of them were erased.
          items:
            type: object
            required: [position, entry, edge, proof]
            properties:
              position: { $ref: "#/components/schemas/Count" }
              entry: { type: string }
              edge:
                type: array
                maxItems: 63
                items: { type: string, pattern: "^[A-Za-z0-9+/]{43}=$" }
                description: Roots of the full subtrees in front of it, largest first.
              proof:
                type: array
                maxItems: 126
                items: { type: string, pattern: "^[A-Za-z0-9+/]{43}=$" }
                description: From the tree that ends with it to the checkpoint.

    HealingAnswer:
      type: object
      required: [size, checkpoint]
      properties:
        size: { $ref: "#/components/schemas/Count" }
        checkpoint: { type: string, description: Of exactly this size; empty when the log is. }

    StatePage:
      type: object
      required: [size, documents]
      properties:
        size: { $ref: "#/components/schemas/Count" }
        digest:
          type: string
          pattern: "^[0-9a-f]{64}$"
          description: Of the whole state at this size, whatever `kind` is; with a token, on the first page only.
        kind: { type: string }
        documents:
          type: array
          items:
            type: object
            required: [subject, document]
            properties:
              subject: { $ref: "#/components/schemas/Subject" }
              document: { type: object }
        next: { $ref: "#/components/schemas/Subject", description: "The next `after`; missing on the last page." }

    Head:
      type: object
      description: Without a token `source` and `id` are missing.
      required: [position, time]
      properties:
        position: { $ref: "#/components/schemas/Count" }
        source: { type: string }
        id: { $ref: "#/components/schemas/Counter" }
        time: { $ref: "#/components/schemas/Time" }
        value: { description: Missing when the write removed the value. }
        erased: { type: boolean, description: "True when the entry was erased, so that nobody can say what it wrote." }

    SubjectAnswer:
      type: object
      required: [subject, size, document, registers]
      properties:
        subject: { $ref: "#/components/schemas/Subject" }
        size: { $ref: "#/components/schemas/Count" }
        document: { type: object }
        registers:
          type: array
          items:
            type: object
            required: [path, conflict, heads]
            properties:
              path: { type: string }
              conflict: { type: boolean }
              heads: { type: array, minItems: 1, items: { $ref: "#/components/schemas/Head" } }

    StateReference:
      type: string
      pattern: "^(0|[1-9][0-9]{0,14}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z)?)$"
      examples: ["4210", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.500Z", "2026-03-01"]

    Author:
      type: object
      description: Names are those at the size of the answer, and missing where there is none.
      required: [source]
      properties:
        source: { type: string }
        deviceName: { type: string }
        member: { $ref: "#/components/schemas/Subject" }
        memberName: { type: string }

    Change:
      type: object
      required: [path]
      properties:
        path: { type: string }
        before: { description: "What was shown; missing for absent, as in all that follow." }
        after: { description: What is shown. }
        written: { description: "What the event wrote; not what is shown where another value outranks it." }
        conflict:
          enum: [opened, remains, settled]
          description: What became of the conflict; missing where there was none and is none.
        erased:
          type: array
          items: { enum: [after, before, written] }
          description: Those that are missing because the entry that wrote them was erased.
        others:
          type: array
          description: The other values, or those that were settled; there with `conflict`.
          items:
            allOf:
              - $ref: "#/components/schemas/Author"
              - type: object
                required: [id, position]
                properties:
                  id: { $ref: "#/components/schemas/Counter" }
                  position: { $ref: "#/components/schemas/Count" }
                  value: { description: Missing for absent. }
                  erased: { const: true, description: "Instead of a value, where its entry was erased." }

    HistoryPage:
      type: object
      required: [subject, size, events]
      properties:
        subject: { $ref: "#/components/schemas/Subject" }
        size: { $ref: "#/components/schemas/Count" }
        events:
          type: array
          items:
            allOf:
              - $ref: "#/components/schemas/Author"
              - type: object
                required: [basis, changes, deviceTime, id, position, recordedtime, subject, text, type, unseenOfSubject]
                properties:
                  basis: { $ref: "#/components/schemas/Count", description: How many entries the author had seen. }
                  changes: { type: array, items: { $ref: "#/components/schemas/Change" } }
                  deviceTime: { $ref: "#/components/schemas/Time" }
                  id: { $ref: "#/components/schemas/Counter" }
                  position: { $ref: "#/components/schemas/Count" }
                  recordedtime: { $ref: "#/components/schemas/Time" }
                  redaction: { $ref: "#/components/schemas/Count", description: Where the entry stands that had this one erased. }
                  subject: { $ref: "#/components/schemas/Subject" }
                  text: { type: string, description: "The same in words, for people; several lines." }
                  title: { type: string }
                  type: { type: string }
                  unseenOfSubject:
                    $ref: "#/components/schemas/Count"
                    description: Entries about the subject by others that came before and that the author had not seen.
        next: { $ref: "#/components/schemas/Count", description: "The next `after`; missing on the last page." }

    BlameAnswer:
      type: object
      required: [subject, size, fields]
      properties:
        subject: { $ref: "#/components/schemas/Subject" }
        size: { $ref: "#/components/schemas/Count" }
        fields:
          type: array
          items:
            type: object
            required: [path, conflict, writes]
            properties:
              path: { type: string }
              conflict: { type: boolean }
              writes:
                type: array
                minItems: 1
                description: The one that is shown comes first.
                items:
                  allOf:
                    - $ref: "#/components/schemas/Author"
                    - type: object
                      required: [deviceTime, id, position, recordedtime, type]
                      properties:
                        deviceTime: { $ref: "#/components/schemas/Time" }
                        id: { $ref: "#/components/schemas/Counter" }
                        position: { $ref: "#/components/schemas/Count" }
                        recordedtime: { $ref: "#/components/schemas/Time" }
                        type: { type: string }
                        value: { description: Missing for absent. }
                        erased: { const: true, description: "Instead of a value, where its entry was erased." }

    DifferencePage:
      type: object
      required: [from, to, subjects]
      properties:
        from: { $ref: "#/components/schemas/Count" }
        to: { $ref: "#/components/schemas/Count" }
        subjects:
          type: array
          items:
            type: object
            required: [subject, created, changes, text]
            properties:
              subject: { $ref: "#/components/schemas/Subject" }
              created: { type: boolean, description: Whether it did not exist in the earlier state. }
              changes: { type: array, items: { $ref: "#/components/schemas/Change" } }
              text: { type: string, description: "The same in words, for people; several lines." }
              title: { type: string }
        next: { $ref: "#/components/schemas/Subject", description: "The next `after`; missing on the last page." }

    ConflictList:
      type: object
      required: [size, conflicts]
      properties:
        size: { $ref: "#/components/schemas/Count" }
        conflicts:
          type: array
          items:
            type: object
            required: [subject, path, heads]
            properties:
              subject: { $ref: "#/components/schemas/Subject" }
              path: { type: string }
              heads: { type: array, minItems: 2, items: { $ref: "#/components/schemas/Head" } }
        next: { type: string, description: Only when there is more. }

    ProgressList:
      type: object
      required: [size, progress]
      properties:
        size: { $ref: "#/components/schemas/Count" }
        progress:
          type: array
          items:
            type: object
            required: [ambition, indicator, target, value, measurements]
            properties:
              ambition: { $ref: "#/components/schemas/Subject" }
              indicator: { $ref: "#/components/schemas/Subject" }
              unit: { type: string }
              target: { type: number }
              due: { type: string, format: date }
              value: { type: number }
              measurements: { $ref: "#/components/schemas/Count" }

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
              cursor: { $ref: "#/components/schemas/Count" }
              source: { type: string }
              id: { $ref: "#/components/schemas/Counter" }
              recordedtime: { $ref: "#/components/schemas/Time" }
              problem: { $ref: "#/components/schemas/Problem" }
              event: { type: string }
              bytes: { type: string, contentEncoding: base64 }
              length: { $ref: "#/components/schemas/Count", description: Of the whole line; only where it was cut. }
              sha256:
                type: string
                pattern: "^[0-9a-f]{64}$"
                description: Of the whole line; only where it was cut.
        next: { $ref: "#/components/schemas/Count", description: "The next `after`; missing when this was all." }

"""#
}
