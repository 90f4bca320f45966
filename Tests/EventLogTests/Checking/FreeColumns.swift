/// The columns of `log.sqlite` whose values a check cannot know, and why; of these, another value of the right type passes.
enum FreeColumns {
    static let reasons: [String: String] = [
        "rejections.number": "refused lines are not in the log: they are in the order of their numbers",
        "rejections.source": "refused lines are not in the log",
        "rejections.counter": "refused lines are not in the log",
        "rejections.recorded": "refused lines are not in the log",
        "rejections.detail": "refused lines are not in the log",
        "rejections.bytes": "refused lines are not in the log",
        "rejections.length": "refused lines are not in the log",
        "rejections.hash": "refused lines are not in the log; of what was cut off nothing is kept",
        "replica.key":
            "what a laptop remembers of its syncs: with another name it is not there, as before the first sync; those that "
            + "there must be are found",
        "replica.value": "settings of the laptop, but for the next counter, which has a test of its own",
        "meta.value": "who may read, and how often that was changed: not in the log; origin and key are found",
    ]

    /// Of a free column, the values that are not free.
    static let bound = [
        "meta.value": "CASE WHEN key IN ('origin', 'verifier') THEN value END",
        "replica.key": "CASE WHEN key IN ('agenda', 'device', 'member', 'next-counter', 'role', 'url') THEN key END",
        "replica.value": "CASE WHEN key = 'next-counter' THEN value END",
    ]
}
