import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

const folder = join(import.meta.dirname, "../../../apps/panel/src/routes")

/**
 * Every way to ask the panel for something, as the folders of its routes have it.
 *
 * *Shape*: "GET /sms-log/[id]" for pages and endpoints, "POST /settings/keys?/add" for the action of a form.
 */
export const endpoints = (): ReadonlyArray<string> =>
  globSync("**/{+page.svelte,+page.server.ts,+server.ts}", { cwd: folder })
    .flatMap((file) => {
      const path = `/${dirname(file)}`.replace(/\/\([a-z]+\)/g, "").replace(/^\/\.$|^$/, "/")
      if (file.endsWith("+page.svelte")) return [`GET ${path}`]
      const source = readFileSync(join(folder, file), "utf8")
      if (file.endsWith("+server.ts")) {
        return [...source.matchAll(/^export const ([A-Z]+)\b/gm)].map(([, method]) => `${method} ${path}`)
      }
      const [, actions = ""] = /^export const actions\b[^{]*\{\n(.*?)^\}/ms.exec(source) ?? []
      const names = [...actions.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name)
      // A page without a face only sends on.
      const isPage = /^export const load\b/m.test(source)
      return [...(isPage ? [`GET ${path}`] : []), ...names.map((name) => `POST ${path}?/${name}`)]
    })
    .filter((name, place, all) => all.indexOf(name) === place)
    .toSorted()
