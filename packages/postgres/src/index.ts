export { migrate } from "./Migrations.ts"
export * as PostgresClient from "./PostgresClient.ts"
export { PostgresJs } from "./PostgresClient.ts"
export { Activities, type Place, type Seen, type StoredActivity } from "./Activities.ts"
export { Intakes, type Tally } from "./Intakes.ts"
export { type Emission, SessionEvents } from "./SessionEvents.ts"
export { type DueVisitors, Sessions, type SessionWrite } from "./Sessions.ts"
export { type Site, Sites } from "./Sites.ts"
export { type Account, type Role, type User, Users } from "./Users.ts"
export { type Key, type KeyKind, type NewKey, WriteKeys } from "./WriteKeys.ts"
export { type ActivityDetail, type ActivityFilter, ActivityLog, type ActivityRow } from "./ActivityLog.ts"
export * as Keyset from "./Keyset.ts"
export {
  type RelatedSessionEvent,
  type SessionEventDetail,
  type SessionEventFilter,
  SessionEventLog,
  type SessionEventRow
} from "./SessionEventLog.ts"
export { SessionStory, type SessionSummary, type Story, type StoryEvent, type StoryOutcome } from "./SessionStory.ts"
export { SignInThrottle, type Subject } from "./SignInThrottle.ts"
export { type Unit, Units } from "./Units.ts"
