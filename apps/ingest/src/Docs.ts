import { SpoorApi } from "@spoor/contracts"
import { Effect, Layer } from "effect"
import { HttpApiSwagger } from "effect/http-api"
import { HttpRouter, HttpServerResponse } from "effect/http"

/** Written once: it says the same as long as the process lives. */
const document = Effect.cached(Effect.sync(() => JSON.stringify(SpoorApi.document())))

const getDocument = HttpRouter.use((router) =>
  Effect.flatMap(document, (text) =>
    router.add(
      "GET",
      "/v1/openapi.json",
      Effect.map(text, (json) => HttpServerResponse.text(json, { contentType: "application/json" }))
    )
  )
)

/**
 * What is answered over HTTP, for programs and for people. The page has everything in it and loads nothing; Swagger's is
 * 2 MB, Scalar's 3 MB.
 */
export const layer = Layer.merge(getDocument, HttpApiSwagger.layer(SpoorApi.api, { path: "/docs" }))
