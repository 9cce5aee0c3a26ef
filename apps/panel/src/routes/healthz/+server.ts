import { json } from "@sveltejs/kit"
import type { RequestHandler } from "./$types"

/** Asks nobody: a process that should be restarted does not answer. */
export const GET: RequestHandler = () => json({ status: "ok" })
