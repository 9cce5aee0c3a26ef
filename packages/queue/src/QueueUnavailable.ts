import { Schema } from "effect"

/**
 * The queue did not do what it was asked for.
 *
 * - `full`: its bounds, or the disk's, are reached. A later try may succeed.
 * - `closed`: its scope ended. No try will succeed.
 * - `io`: the disk, the file or the server failed. Whether the change was kept is unknown; doing it again is safe.
 */
export class QueueUnavailable extends Schema.TaggedError<QueueUnavailable>()("QueueUnavailable", {
  reason: Schema.Literals(["full", "closed", "io"]),
  cause: Schema.optionalKey(Schema.Defect())
}) {}
