import { Effect } from "effect"
import { createServer } from "node:http"

/** The five pages that a shop has, each with what it tells its data layer. *Shape*: GA4's names, which the tracker knows. */
const pages: Readonly<Record<string, readonly [title: string, told: object | null]>> = {
  "/": ["Home", null],
  "/product/mug": ["Mug", { event: "view_item", ecommerce: { currency: "PLN", items: [item()] } }],
  "/cart": ["Cart", { event: "view_cart", ecommerce: { currency: "PLN", value: 64.9, items: [item()] } }],
  "/login": ["Sign in", { event: "login" }],
  "/thank-you": [
    "Thank you",
    { event: "purchase", ecommerce: { transaction_id: "A-1", currency: "PLN", value: 64.9, items: [item()] } }
  ]
}

function item() {
  return { item_id: "mug", item_name: "Mug", price: 64.9, quantity: 1 }
}

/** Where they are, in the order in which somebody would walk through them. */
export const paths = Object.keys(pages)

/** A shop whose pages have the snippet that was pasted into them, and nothing else of ours. */
export const serve = (snippet: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(({ url = "/" }, response) => {
        const [title, told] = pages[url] ?? []
        if (title === undefined) return void response.writeHead(404).end()
        const push = told === null ? "" : `<script>dataLayer=[${JSON.stringify(told)}]</script>`
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
        response.end(`<!doctype html><title>${title}</title>${push}${snippet}<h1>${title}</h1>`)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const address = server.address()
      const port = typeof address === "object" ? address?.port : undefined
      return { url: `http://127.0.0.1:${port}`, server }
    }),
    ({ server }) =>
      Effect.promise(() => {
        server.closeAllConnections()
        return new Promise<void>((resolve) => void server.close(() => resolve()))
      })
  )
