/// The views of `tables.sqlite`.
enum TableViews {
    /// Those that a set has the tables for.
    static func views(for set: SnapshotSet) -> [String] {
        let open = [
            countedMeasurements, ambitionProgress, ambitionProgressOverTime, projectProgress, overdueMilestone,
        ]
        return set == .members ? open + [openConflicts, history] : open
    }

    /// A row for each target and measurement that counts for it: of the ambition itself or of a project that serves it.
    private static let countedMeasurements = """
        CREATE VIEW "counted_measurement" AS
        SELECT t."subject", t."indicator", m."subject" AS "measurement", m."on", m."value", m."value_position"
        FROM "ambition_target" t
        JOIN "measurement" m ON m."indicator" = t."indicator"
        WHERE t."quantity" IS NOT NULL AND m."value" IS NOT NULL AND m."voided" IS NOT 1
            AND (m."ambition" = t."subject" OR EXISTS (
                SELECT 1 FROM "project_ambition" l WHERE l."subject" = m."project" AND l."ambition" = t."subject"))
        """

    /// The same figures as `GET A/progress`.
    private static let ambitionProgress = """
        CREATE VIEW "ambition_progress" AS
        WITH "counted" AS MATERIALIZED (
            SELECT *, row_number() OVER (
                PARTITION BY "subject", "indicator" ORDER BY "on" DESC, "value_position" DESC, "measurement" DESC
            ) AS "age" FROM "counted_measurement"),
        "sums" AS (
            SELECT "subject", "indicator", count(*) AS "measurements", total("value") AS "sum", max("on") AS "latest",
                max(CASE WHEN "age" = 1 THEN "value" END) AS "last"
            FROM "counted" GROUP BY "subject", "indicator")
        SELECT t."subject", a."title", t."indicator", i."name" AS "indicator_name", i."unit",
            coalesce(i."aggregation", 'sum') AS "aggregation", t."quantity" AS "target", t."due",
            coalesce(CASE WHEN i."aggregation" = 'latest' THEN s."last" ELSE s."sum" END, 0.0) AS "value",
            coalesce(s."measurements", 0) AS "measurements", s."latest"
        FROM "ambition_target" t
        JOIN "ambition" a ON a."subject" = t."subject"
        LEFT JOIN "indicator" i ON i."subject" = t."indicator"
        LEFT JOIN "sums" s ON s."subject" = t."subject" AND s."indicator" = t."indicator"
        WHERE t."quantity" IS NOT NULL
        """

    /// The value after each day on which something was measured.
    private static let ambitionProgressOverTime = """
        CREATE VIEW "ambition_progress_over_time" AS
        WITH "days" AS (
            SELECT "subject", "indicator", "on", count(*) AS "measurements", total("value") AS "sum"
            FROM "counted_measurement" GROUP BY "subject", "indicator", "on"),
        "last" AS (
            SELECT *, row_number() OVER (
                PARTITION BY "subject", "indicator", "on" ORDER BY "value_position" DESC, "measurement" DESC
            ) AS "age" FROM "counted_measurement")
        SELECT d."subject", d."indicator", d."on", d."measurements",
            CASE WHEN i."aggregation" = 'latest' THEN l."value"
                ELSE sum(d."sum") OVER (PARTITION BY d."subject", d."indicator" ORDER BY d."on") END AS "value"
        FROM "days" d
        JOIN "last" l ON l."age" = 1 AND l."subject" = d."subject" AND l."indicator" = d."indicator" AND l."on" IS d."on"
        LEFT JOIN "indicator" i ON i."subject" = d."indicator"
        """

    private static let projectProgress = """
        CREATE VIEW "project_progress" AS
        SELECT p."subject", p."title", p."phase",
            (SELECT count(*) FROM "milestone" m WHERE m."project" = p."subject" AND m."dropped" IS NOT 1)
                AS "milestones",
            (SELECT count(*) FROM "milestone" m
                WHERE m."project" = p."subject" AND m."dropped" IS NOT 1 AND m."reached" IS NOT NULL) AS "reached",
            (SELECT count(*) FROM "overdue_milestone" o WHERE o."project" = p."subject") AS "overdue",
            (SELECT count(*) FROM "measurement" m WHERE m."project" = p."subject" AND m."voided" IS NOT 1)
                AS "measurements",
            (SELECT max("on") FROM "measurement" m WHERE m."project" = p."subject" AND m."voided" IS NOT 1)
                AS "latest"
        FROM "project" p
        """

    /// Milestones that should have been reached by the day on which the snapshot's last entry was recorded.
    private static let overdueMilestone = """
        CREATE VIEW "overdue_milestone" AS
        SELECT m."subject", m."title", m."project", p."title" AS "project_title", m."due",
            CAST(julianday(substr(e."moment", 1, 10)) - julianday(m."due") AS INTEGER) AS "days"
        FROM "milestone" m JOIN "export" e LEFT JOIN "project" p ON p."subject" = m."project"
        WHERE m."reached" IS NULL AND m."dropped" IS NOT 1 AND m."due" < substr(e."moment", 1, 10)
        """

    private static let openConflicts = """
        CREATE VIEW "open_conflicts" AS
        SELECT c."subject", c."path", c."rank", c."value", m."name" AS "author_name", h."recorded", c."position"
        FROM "open_conflict" c
        LEFT JOIN "member" m ON m."subject" = c."author"
        LEFT JOIN "change" h ON h."position" = c."position" AND h."path" = c."path"
        """

    private static let history = """
        CREATE VIEW "history" AS
        SELECT c."position", c."recorded", m."name" AS "member_name", c."type", c."subject", c."path", c."before", c."after"
        FROM "change" c LEFT JOIN "member" m ON m."subject" = c."member"
        ORDER BY c."position", c."path"
        """
}
