export { migrate } from "./Migrations.ts"
export * as Migrations from "./Migrations.ts"
export * as PostgresClient from "./PostgresClient.ts"
export { PostgresJs } from "./PostgresClient.ts"
export { Activities, type Locked, type NewActivity, type Place, type Seen, type StoredActivity } from "./Activities.ts"
export { ApiKey, ApiKeys, type KeptKey } from "./ApiKeys.ts"
export { type CustomEvent, type CustomEventFilter, CustomEvents, type NewCustomEvent } from "./CustomEvents.ts"
export { type Customer, type CustomerRange, Customers } from "./Customers.ts"
export { type Order, type OrderRange, Orders } from "./Orders.ts"
export { expiringMax, type Retained, retainedDays, type RetainedLog, retainedLogs, Retention } from "./Retention.ts"
export { type Counter, Counters } from "./Counters.ts"
export { type DeadLetter, type DeadLetterBody, DeadLetters, type FailedMessage } from "./DeadLetters.ts"
export { type Decider, type Decision, type Given, Identifications, reasonMax } from "./Identifications.ts"
export * as IdentityLedger from "./IdentityLedger.ts"
export { Intakes, type Tally } from "./Intakes.ts"
export { type Held, ReportedOrders, type StoredOrder, type Touched } from "./ReportedOrders.ts"
export { type Assigned, type Emission, SessionEvents } from "./SessionEvents.ts"
export { type DueVisitors, type SessionRow, Sessions, type SessionWrite } from "./Sessions.ts"
export {
  type KeptRejection,
  type Rejected,
  type RejectedBatch,
  type RejectedCursor,
  type RejectedFilter,
  RejectedItems
} from "./RejectedItems.ts"
export { type RejectedReplay, RejectedReplays } from "./RejectedReplays.ts"
export * as Known from "./Known.ts"
export * as KeyText from "./KeyText.ts"
export { type RulesChange, type RulesVersion, type Site, SiteEventMap, Sites } from "./Sites.ts"
export {
  type Account,
  type AccountChange,
  type Member,
  passwordHashing,
  type Role,
  roles,
  type User,
  Users
} from "./Users.ts"
export { Key, type KeyKind, type NewKey, WriteKeys } from "./WriteKeys.ts"
export {
  type Attempt,
  type DeliveryState,
  type TakenDelivery,
  type TakeLimits,
  WebhookDeliveries,
  type WebhookDelivery
} from "./WebhookDeliveries.ts"
export { type MessageType, type NewWebhook, type Webhook, Webhooks } from "./Webhooks.ts"
export { type ActivityDetail, ActivityLog } from "./ActivityLog.ts"
export * as Keyset from "./Keyset.ts"
export { personalFieldsOf } from "./log/LogTable.ts"
export { type Bar, type Bars, type Facet, LogCounts } from "./LogCounts.ts"
export { type LogLayout, LogLayouts, type Reader } from "./LogLayouts.ts"
export { cursorOf, type LogQuery, LogReader, turnAfter } from "./LogReader.ts"
export { type Kept, type NewView, ownViewsMax, type SavedView, SavedViews, type ViewReader } from "./SavedViews.ts"
export { type Arrival, LogTail } from "./LogTail.ts"
export { fieldsOf as valueFieldsOf, type LogValue, LogValues } from "./LogValues.ts"
export { LogWriter, type NewLogRows } from "./LogWriter.ts"
export {
  type Counts,
  type Measure,
  Overview,
  type Point,
  type Rate,
  type Source,
  type SourceKind,
  type Window
} from "./Overview.ts"
export * as DeadLetterReplay from "./DeadLetterReplay.ts"
export * as Erasure from "./Erasure.ts"
export * as ErasureReceipt from "./ErasureReceipt.ts"
export * as PersonFile from "./PersonFile.ts"
export { signingKey, type SigningKeyUnreadable } from "./SigningKey.ts"
export { type PersonTable, personTables } from "./PersonRows.ts"
export { type Erased, type PersonRow, Persons } from "./Persons.ts"
export { type Identity, type Who } from "./PersonIdentity.ts"
export {
  type Companion,
  type Entry,
  type Kind,
  kinds,
  type PersonFacts,
  PersonStory,
  type PersonTurn,
  type PersonVisit,
  personEntriesMax,
  type Sum,
  visitEventsMax
} from "./PersonStory.ts"
export { type Factor, type Owner, SecondFactors } from "./SecondFactors.ts"
export { type ChainEnd, type Fault, faultsMax, PanelChain, type Verification } from "./PanelChain.ts"
export { type Checkpoint, CheckpointsUnreadable, type Finding, PanelCheckpoints } from "./PanelCheckpoints.ts"
export { type RelatedSessionEvent, type SessionEventDetail, SessionEventLog } from "./SessionEventLog.ts"
export { SessionStory, type SessionSummary, type Story, type StoryEvent, type StoryOutcome } from "./SessionStory.ts"
export { SignInThrottle, type Subject } from "./SignInThrottle.ts"
export { type NewSmsGateway, type SmsGatewayRow, SmsGateways } from "./SmsGateways.ts"
export {
  adapterSeenFor,
  deadLettersMax,
  faultDays,
  type SmsAdapter,
  type SmsBind,
  type SmsGatewayFaults,
  type SmsGatewayHealth,
  type SmsGatewayState,
  SmsHealth,
  type SmsQueue,
  usualHours
} from "./SmsHealth.ts"
export * as SmsSetup from "./SmsSetup.ts"
export * as SmsUnknownCodes from "./SmsUnknownCodes.ts"
export {
  foundFor,
  type SmsGatewayNews,
  type SmsJoin,
  type SmsMessageRow,
  SmsMessages,
  type SmsNote,
  type SmsReportCount,
  type SmsUnread
} from "./SmsMessages.ts"
export { blameOf } from "./SqlState.ts"
export { type Unit, Units } from "./Units.ts"
export { Statistics } from "./Statistics.ts"
export { type Pending, Unsettled } from "./Unsettled.ts"
export * as UnitLock from "./UnitLock.ts"
export { Vitals } from "./Vitals.ts"
