import type { ActivityDoor, Intake } from "@spoor/contracts"
import type { Activity, Identification, Rejection } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Result } from "effect"

/** What one item of a tracking batch says: something that a customer did, or who a visitor is. */
export type Kept =
  | { readonly _tag: "Activity"; readonly activity: Activity.Activity }
  | { readonly _tag: "Identification"; readonly identification: Identification.Identification }

/** One readable request. *Units*: `receivedAt` in UTC milliseconds, `sentAt` by the client's clock. */
export interface Request {
  readonly door: Intake.Door
  readonly items: ReadonlyArray<unknown>
  readonly receivedAt: number
  readonly sentAt?: number | undefined
}

/** What the door makes of it: an answer for the client and an intake for the worker. */
export interface Decision {
  readonly answer: ActivityDoor.Answer
  readonly intake: Intake.Intake
}

/** One verdict per item, in the order in which they were sent; a bad one never harms its siblings. */
export const decide = (
  key: Key,
  request: Request,
  decode: (item: unknown) => Result.Result<Kept, Rejection.Rejection>
): Decision => {
  const { answer, duplicates, kept, rejections } = judge(request.items, decode, (kept) =>
    kept._tag === "Activity" ? kept.activity.id : kept.identification.id
  )
  const activities: Array<Activity.Activity> = []
  const identifications: Array<Identification.Identification> = []
  for (const one of kept) {
    if (one._tag === "Activity") activities.push(one.activity)
    else identifications.push(one.identification)
  }
  return {
    answer,
    intake: {
      unitId: key.unitId,
      siteId: key.siteId,
      door: request.door,
      receivedAt: request.receivedAt,
      ...(request.sentAt !== undefined && { sentAt: request.sentAt }),
      duplicates,
      rejections,
      activities,
      identifications
    }
  }
}

/** What became of the items of one request. *Shape*: sent = kept + duplicates + rejections. */
export interface Judgement<A> {
  readonly answer: ActivityDoor.Answer
  readonly kept: ReadonlyArray<A>
  readonly duplicates: number
  readonly rejections: ReadonlyArray<Intake.Rejected>
}

/** The same for items of any kind, told apart by the IDs that their sender gave them. */
export const judge = <A>(
  items: ReadonlyArray<unknown>,
  decode: (item: unknown) => Result.Result<A, Rejection.Rejection>,
  nameOf: (kept: A) => string
): Judgement<A> => {
  const verdicts: Array<ActivityDoor.Verdict> = []
  const kept: Array<A> = []
  const rejections: Array<Intake.Rejected> = []
  const seen = new Set<string>()
  for (let place = 0; place < items.length; place++) {
    const item = items[place]
    const decoded = decode(item)
    if (Result.isFailure(decoded)) {
      verdicts.push({ ...idOf(item), verdict: "rejected", ...decoded.failure })
      rejections.push({ ...decoded.failure, place, item: textOf(item) })
      continue
    }
    const id = nameOf(decoded.success)
    if (seen.has(id)) {
      verdicts.push({ id, verdict: "duplicate" })
      continue
    }
    seen.add(id)
    verdicts.push({ id, verdict: "stored" })
    kept.push(decoded.success)
  }
  const duplicates = items.length - kept.length - rejections.length
  return {
    answer: { success: true, stored: kept.length, duplicate: duplicates, rejected: rejections.length, verdicts },
    kept,
    duplicates,
    rejections
  }
}

/** JSON may be nested more deeply than it can be written again. */
const textOf = (item: unknown): string => {
  try {
    return JSON.stringify(item)
  } catch {
    return '"nested too deeply to be kept"'
  }
}

/** The name under which a client knows its item: `id` here, `messageId` in Segment's specification. */
const idOf = (item: unknown): { readonly id?: string } => {
  if (typeof item !== "object" || item === null) return {}
  const id = "id" in item ? item.id : "messageId" in item ? item.messageId : undefined
  return typeof id === "string" ? { id: id.slice(0, 128).toWellFormed() } : {}
}
