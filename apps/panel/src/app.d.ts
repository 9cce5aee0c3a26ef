import type { Person } from "#lib/server/Auth.ts"

declare global {
  namespace App {
    interface Locals {
      requestId: string
      person: Person | null
      /** The e-mail that somebody tried to sign in with, as typed. */
      attempt: string | null
    }
    interface Error {
      readonly status: number
      readonly message: string
      readonly requestId?: string
    }
  }
}
