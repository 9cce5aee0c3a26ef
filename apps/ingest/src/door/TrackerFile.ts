import { bundle } from "@spoor/tracker/bundle"
import { Context, Effect, Layer } from "effect"
import { createHash } from "node:crypto"

/** The browser snippet as it is served at `/tracker.js`. */
export class TrackerFile extends Context.Service<TrackerFile, { readonly text: string; readonly etag: string }>()(
  "@spoor/ingest/TrackerFile"
) {
  static readonly layer = Layer.effect(
    TrackerFile,
    Effect.gen(function* () {
      const text = yield* Effect.promise(bundle)
      const hash = createHash("sha256").update(text).digest("base64url").slice(0, 22)
      return TrackerFile.of({ text, etag: `"${hash}"` })
    })
  )
}
