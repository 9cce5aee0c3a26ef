import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { expect, it } from "vitest"

const source = fileURLToPath(new URL("../../src", import.meta.url))
const effect = fileURLToPath(import.meta.resolve("effect"))

const modules = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(source, path), "utf8") }))

/** Every import and re-export with the names it takes, "*" for all there are. */
const imports = modules.flatMap(({ path, text }) =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return []
    if (node.moduleSpecifier === undefined || !ts.isStringLiteral(node.moduleSpecifier)) return []
    const bindings = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause
    const elements = bindings !== undefined && "elements" in bindings ? [...bindings.elements] : []
    const names = elements.length === 0 ? ["*"] : elements.map(({ name, propertyName }) => (propertyName ?? name).text)
    return [{ path, from: node.moduleSpecifier.text, names }]
  })
)

it("imports its own files and the root of effect", () => {
  expect(imports).toContainEqual({ path: "session/Site.ts", from: "./Visit.ts", names: ["*"] })
  expect(imports.filter(({ from }) => from !== "effect" && !/^\.{1,2}\/[\w/.]+\.ts$/.test(from))).toEqual([])
  expect(modules.filter(({ text }) => /\b(?:import|require)\(/.test(text))).toEqual([])
})

it("imports what effect itself calls stable, by name", () => {
  const root = readFileSync(effect.replace(/\.js$/, ".d.ts"), "utf8")
  const stable = new Set(
    [...root.matchAll(/@stability stable\s[^/]*\*\/\s*export \* as (\w+) from/g)].map(([, name]) => name)
  )
  expect([stable.has("Schema"), stable.has("Graph")]).toEqual([true, false])
  const names = imports.flatMap(({ from, names }) => (from === "effect" ? names : []))
  expect(names).toContain("Schema")
  expect(names.filter((name) => !stable.has(name))).toEqual([])
})
