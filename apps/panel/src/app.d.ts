import type { Person } from "#lib/server/Auth.ts"

declare global {
  namespace App {
    interface Locals {
      requestId: string
      person: Person | null
    }
    interface Error {
      readonly status: number
      readonly message: string
      readonly requestId?: string
    }
  }
}
