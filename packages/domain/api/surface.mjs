// npm run api: writes everything the package says to its users into surface.md. With --check it compares instead, so
// that no change of the public surface passes unseen.
import { readFileSync, writeFileSync } from "node:fs"
import { join, posix, relative } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = fileURLToPath(new URL("..", import.meta.url))
const file = join(root, "api/surface.md")

/** Each module's declarations without comments, by its path in src. The compiler is pinned, and so are its words. */
const declare = () => {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: ({ messageText }) => stop(messageText) }
  const overrides = { removeComments: true, declarationMap: false, newLine: ts.NewLineKind.LineFeed }
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.build.json"), overrides, host)
  const modules = new Map()
  const keep = (path, text) => {
    const name = relative(config.options.outDir, path)
      .replaceAll("\\", "/")
      .replace(/\.d\.ts$/, ".ts")
    modules.set(name, statementsOf(name, text))
  }
  ts.createProgram(config.fileNames, config.options).emit(undefined, keep, undefined, true)
  return modules
}

const statementsOf = (name, text) => {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest)
  return source.statements.map((node) => ({
    text: node
      .getText(source)
      .replace(/^(export )?declare (?!module)/, "$1")
      .replace("{\n}", "{}"),
    name: (node.name ?? node.declarationList?.declarations[0].name ?? node.exportClause?.name)?.text ?? "",
    from: node.moduleSpecifier?.text.startsWith(".")
      ? posix.join(posix.dirname(name), node.moduleSpecifier.text)
      : undefined,
    isImport: node.moduleSpecifier !== undefined
  }))
}

/** *Shape*: `modules` as `declare` gives them. Markdown, a section for each namespace, one line for each member. */
const surface = (modules) => {
  const namespaces = modules.get("index.ts").map(({ name, from, text }) => {
    if (name === "" || from === undefined) stop(`index.ts exports namespaces only, but has: ${text}`)
    return { name, from }
  })
  const seen = new Set(namespaces.map(({ from }) => from))
  // What their types are made of is public, too, though nobody can import it. The loop reaches what it adds.
  for (const path of seen) for (const { from } of modules.get(path)) if (from !== undefined) seen.add(from)
  const behind = [...seen].slice(namespaces.length).map((from) => ({ name: `(${posix.basename(from, ".ts")})`, from }))
  const byName = (a, b) => (a.name < b.name ? -1 : 1)
  return [
    "# The public surface of @spoor/domain\n",
    "Written by `npm run api -w @spoor/domain`; `npm run check` fails where it is not what the code says. In parentheses:",
    "modules that are not exported, whose types the others are made of.",
    ...[...namespaces.sort(byName), ...behind.sort(byName)].flatMap(({ name, from }) => [
      `\n## ${name}\n\n\`${from}\`\n\n\`\`\`ts`,
      ...modules
        .get(from)
        .sort(inOrder)
        .flatMap(({ text }) => (text === "export {};" ? [] : [text])),
      "```"
    ]),
    ""
  ].join("\n")
}

/** Imports first, then by name: a declaration that moves within its file changes nothing. */
const inOrder = (a, b) => b.isImport - a.isImport || (a.isImport ? 0 : a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

const compare = (before, after) => {
  if (before === after) return
  const without = (text, other) => text.split("\n").filter((line) => !other.split("\n").includes(line))
  for (const line of without(before, after)) console.error(`- ${line}`)
  for (const line of without(after, before)) console.error(`+ ${line}`)
  stop("The public surface is not what api/surface.md says. If that is meant: npm run api -w @spoor/domain")
}

const stop = (message) => {
  console.error(message)
  process.exit(1)
}

const now = surface(declare())
if (process.argv.includes("--check")) compare(readFileSync(file, "utf8"), now)
else writeFileSync(file, now)
