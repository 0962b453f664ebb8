/// What is wrong with a text that is to be a cron expression.
struct CronFault: Error, Hashable, CustomStringConvertible {
    let description: String
}
