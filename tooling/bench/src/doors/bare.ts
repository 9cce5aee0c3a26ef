import { createServer } from "node:http"

/** What a server in Node cannot do without: read the body, parse it, answer. */
createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString("utf8")
    const batch: { readonly events: ReadonlyArray<unknown> } = text === "" ? { events: [] } : JSON.parse(text)
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify({ success: true, stored: batch.events.length }))
  })
}).listen(Number(process.env["SPOOR_INGEST_PORT"]), "127.0.0.1")
