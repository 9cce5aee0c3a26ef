import { quoted } from "#lib/log/Query.ts"
import type { SourceView } from "./Overview.ts"

const logs = {
  site: { path: "/activity", field: "site" },
  key: { path: "/api-log", field: "key" },
  gateway: { path: "/sms-log", field: "gateway" }
} as const

/** The rows that a source has written. */
export const pathOf = ({ kind, id }: Pick<SourceView, "kind" | "id">): string =>
  `${logs[kind].path}?${new URLSearchParams({ [logs[kind].field]: quoted(id) })}`
