import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { build } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Consumer from "./Consumer.ts"
import * as Readme from "./Readme.ts"

let consumer: Consumer.Consumer
let readme: string

/** *Units*: milliseconds. In a clean clone, packing builds the package; type checks share their cores with other tests. */
const timeout = 60_000

beforeAll(() => {
  consumer = Consumer.make()
  readme = Consumer.read(consumer, "README.md")
  const programs = Readme.programs(readme).map((program, index) => [`readme-${index}.ts`, program] as const)
  for (const [path, program] of programs) Consumer.write(consumer, path, program)
  Consumer.write(consumer, "readme.ts", programs.map(([path]) => `import "./${path}"\n`).join(""))
  Consumer.write(consumer, "service.ts", readFileSync(new URL("../src/service.ts", import.meta.url), "utf8"))
  Consumer.write(consumer, "wrong.ts", wrong)
}, timeout)

afterAll(() => Consumer.remove(consumer))

/** Types that let everything pass would leave the expected error out. */
const wrong = `import { Site } from "@spoor/domain"
// @ts-expect-error The rules are missing.
Site.sessionize({}, { events: [] }, 0)
`

/** The modules of the package that a bundle of this program carries. */
const carried = async (program: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: consumer.folder },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    external: ["effect"],
    logLevel: "error"
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  return inputs.flatMap(([path, { bytesInOutput }]) =>
    path.includes("domain/dist") && bytesInOutput > 0 ? [basename(path)] : []
  )
}

describe("the packed domain in another project", () => {
  it("needs nothing but effect, which the project chooses", () => {
    const manifest = JSON.parse(Consumer.read(consumer, "package.json"))
    expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, { effect: "^4.1.0" }])
  })

  it("has types that a strict project passes with", { timeout }, () => {
    expect(Consumer.check(consumer)).toBe("")
  })

  it("answers what its README says", { timeout }, () => {
    expect(Consumer.run(consumer, process.execPath, "readme.ts")).toBe("")
    expect(Readme.programs(readme).join().split("deepStrictEqual(plain(").length).toBe(readme.split("// =>").length)
  })

  it("costs what is used of it", async () => {
    expect(await carried(`import "@spoor/domain"`)).toEqual([])
    expect(await carried(`import { HttpStatus } from "@spoor/domain"; console.log(HttpStatus)`)).toEqual([
      "HttpStatus.js"
    ])
    const everything = await carried(`import * as domain from "@spoor/domain"; console.log(domain)`)
    expect(everything).toContain("Site.js")
  })
})

describe("the example service", () => {
  it("says what a shop's events amount to, why, and what it could not take", { timeout }, async () => {
    const service = spawn(process.execPath, ["service.ts"], {
      cwd: consumer.folder,
      stdio: ["ignore", "pipe", "inherit"]
    })
    try {
      const [address] = await once(service.stdout, "data")
      const { port } = JSON.parse(String(address))
      const post = (path: string, body: string) => fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body })
      const lines = [
        { id: "1", visitorId: "ann", type: "VisitOnProductPage", at: "2026-03-02T10:00:00Z", product: { id: "mug" } },
        {
          id: "2",
          visitorId: "ann",
          type: "ModifyCart",
          at: "2026-03-02T10:05:00Z",
          cart: { currency: "PLN", items: [{ id: "mug", quantity: 2, unitPrice: 3490 }] }
        },
        { id: "3", visitorId: "bob", type: "Purchase", at: "2026-03-02T10:05:00Z" }
      ]
      const response = await post("/outcomes", `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{\n`)
      expect(await response.json()).toEqual({
        accepted: 2,
        rejected: [
          { line: 3, reason: "unknown-type", pointer: "/type" },
          { line: 4, reason: "malformed", pointer: "" }
        ],
        sessions: 1,
        outcomes: [
          {
            type: "AbandonedCart",
            at: "2026-03-02T10:45:00.000Z",
            visitorId: "ann",
            why: expect.stringMatching(/^Left with 2 products worth PLN.69\.80; no purchase within 10 minutes/)
          }
        ]
      })
      expect((await post("/elsewhere", "")).status).toBe(404)
    } finally {
      if (service.kill()) await once(service, "exit")
    }
  })
})
