/// The triggers that keep what is in a log as it is, whoever opens the database.
enum DatabaseRules {
    /// Makes all of them.
    static var statements: [String] {
        rules.flatMap { rule in
            [
                """
                CREATE FUNCTION \(rule.name)() RETURNS trigger LANGUAGE plpgsql AS $rule$
                BEGIN
                    IF \(rule.forbidden) THEN
                        RAISE EXCEPTION '\(rule.message)' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                END $rule$
                """,
                "CREATE TRIGGER \(rule.name) BEFORE \(rule.event) ON \(rule.table) FOR EACH ROW "
                    + "EXECUTE FUNCTION \(rule.name)()",
            ]
        } + noTruncating
    }

    private struct Rule {
        var name: String
        var event: String
        var table: String
        /// A condition on `OLD` and `NEW`.
        var forbidden: String
        var message: String
    }

    private static let isErasingInBlock = """
        EXISTS (SELECT 1 FROM erasures WHERE agenda = OLD.agenda AND NOT done
            AND position BETWEEN OLD.first AND OLD.first + OLD.count - 1)
        """

    private static let isErasingInSegment = """
        EXISTS (SELECT 1 FROM erasures WHERE agenda = OLD.agenda AND NOT done
            AND position BETWEEN OLD.number * 256 AND OLD.number * 256 + 255)
        """

    private static let rules = [
        Rule(
            name: "agendas_grow",
            event: "UPDATE",
            table: "agendas",
            forbidden: """
                NEW.id <> OLD.id OR (NEW.name <> OLD.name AND OLD.moved IS NULL AND NOT starts_with(OLD.name, '.arriving.'))
                OR (OLD.moved IS NOT NULL AND NEW.moved IS DISTINCT FROM OLD.moved) OR NEW.origin <> OLD.origin OR NEW.verifier <> OLD.verifier
                OR NEW.size < OLD.size OR NEW.sealed < OLD.sealed OR NEW.recorded < OLD.recorded
                OR (NEW.size = OLD.size) <> (NEW.note IS NOT DISTINCT FROM OLD.note)
                """,
            message: "a log only grows"
        ),
        Rule(
            name: "agendas_are_kept",
            event: "DELETE",
            table: "agendas",
            forbidden: "OLD.size > 0",
            message: "a log is never deleted"
        ),
        Rule(
            name: "commits_stay",
            event: "UPDATE",
            table: "commits",
            forbidden: """
                NEW.agenda <> OLD.agenda OR NEW.first <> OLD.first OR NEW.count <> OLD.count
                OR NEW.recorded <> OLD.recorded OR NOT \(isErasingInBlock)
                """,
            message: "entries are never changed, but where they are erased"
        ),
        Rule(
            name: "commits_go_when_sealed",
            event: "DELETE",
            table: "commits",
            forbidden: "NOT EXISTS (SELECT 1 FROM segments WHERE agenda = OLD.agenda AND number = OLD.first / 256)",
            message: "entries that are not sealed are never deleted"
        ),
        Rule(
            name: "segments_come_in_order",
            event: "INSERT",
            table: "segments",
            forbidden: """
                NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM segments WHERE agenda = NEW.agenda)
                """,
            message: "segments are added one after the other"
        ),
        Rule(
            name: "segments_stay",
            event: "UPDATE",
            table: "segments",
            forbidden: """
                NEW.agenda <> OLD.agenda OR NEW.number <> OLD.number OR NEW.root <> OLD.root
                OR NEW.first_recorded <> OLD.first_recorded OR NEW.last_recorded <> OLD.last_recorded
                OR NOT \(isErasingInSegment)
                """,
            message: "segments are never changed, but where entries are erased"
        ),
        Rule(
            name: "segments_are_kept",
            event: "DELETE",
            table: "segments",
            forbidden: "true",
            message: "segments of a log are never deleted"
        ),
        Rule(
            name: "checkpoints_grow",
            event: "INSERT",
            table: "checkpoints",
            forbidden: """
                NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoints WHERE agenda = NEW.agenda)
                """,
            message: "a checkpoint is greater than those before it"
        ),
        Rule(
            name: "checkpoints_stay",
            event: "UPDATE",
            table: "checkpoints",
            forbidden: "true",
            message: "checkpoints are never changed"
        ),
        Rule(
            name: "checkpoints_go_when_sealed",
            event: "DELETE",
            table: "checkpoints",
            forbidden: """
                NOT EXISTS (SELECT 1 FROM segments WHERE agenda = OLD.agenda AND number = (OLD.size - 1) / 256)
                OR NOT EXISTS (
                    SELECT 1 FROM checkpoints WHERE agenda = OLD.agenda
                    AND size > OLD.size AND size <= ((OLD.size - 1) / 256 + 1) * 256
                )
                """,
            message: "the last checkpoint of a segment is never deleted"
        ),
        Rule(
            name: "runs_only_grow",
            event: "UPDATE",
            table: "runs",
            forbidden: """
                NEW.agenda <> OLD.agenda OR NEW.source <> OLD.source OR NEW.first <> OLD.first
                OR NEW.position <> OLD.position OR NEW.last <= OLD.last
                """,
            message: "runs are only extended"
        ),
        Rule(
            name: "runs_are_kept",
            event: "DELETE",
            table: "runs",
            forbidden: "true",
            message: "runs are never deleted"
        ),
        Rule(
            name: "subjects_stay",
            event: "UPDATE OR DELETE",
            table: "subjects",
            forbidden: "true",
            message: "subjects are never changed"
        ),
        Rule(
            name: "creations_stay",
            event: "UPDATE OR DELETE",
            table: "creations",
            forbidden: "true",
            message: "subjects are never changed"
        ),
        Rule(
            name: "rejections_stay",
            event: "UPDATE OR DELETE",
            table: "rejections",
            forbidden: "true",
            message: "rejections are never changed"
        ),
        Rule(
            name: "erasures_have_a_redaction",
            event: "INSERT",
            table: "erasures",
            forbidden: "NEW.done OR NEW.redaction >= (SELECT size FROM agendas WHERE id = NEW.agenda)",
            message: "an entry is erased by a later one of the log"
        ),
        Rule(
            name: "erasures_stay",
            event: "UPDATE",
            table: "erasures",
            forbidden: """
                NEW.agenda <> OLD.agenda OR NEW.position <> OLD.position OR NEW.redaction <> OLD.redaction
                OR OLD.done OR NOT NEW.done
                """,
            message: "erasures are never changed"
        ),
        Rule(
            name: "erasures_are_kept",
            event: "DELETE",
            table: "erasures",
            forbidden: "true",
            message: "erasures are never deleted"
        ),
    ]

    private static let keptTables = [
        "agendas", "commits", "segments", "checkpoints", "runs", "subjects", "creations", "rejections", "erasures",
    ]

    /// Emptying a table fires no trigger of its rows.
    private static var noTruncating: [String] {
        [
            """
            CREATE FUNCTION logs_are_kept() RETURNS trigger LANGUAGE plpgsql AS $rule$
            BEGIN
                RAISE EXCEPTION 'a log is never deleted' USING ERRCODE = 'integrity_constraint_violation';
            END $rule$
            """
        ]
            + keptTables.map {
                "CREATE TRIGGER \($0)_are_not_emptied BEFORE TRUNCATE ON \($0) EXECUTE FUNCTION logs_are_kept()"
            }
    }
}
