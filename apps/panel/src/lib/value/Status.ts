/** A status with what it means in its log, in the reader's language. */
export interface StatusView {
  readonly code: number
  readonly name: string
  readonly severity: "none" | "notice" | "warning" | "error"
  readonly statusClass: "informational" | "success" | "redirect" | "client-error" | "server-error"
  readonly className: string
  readonly explanation: string
}
