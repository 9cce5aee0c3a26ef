export * as NatsQueue from "./NatsQueue.ts"
export type { Settings as NatsSettings } from "./Settings.ts"
