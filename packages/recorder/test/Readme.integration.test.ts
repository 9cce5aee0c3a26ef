import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Door, key } from "./Door.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const timeout = 60_000

/** A project of another team: the README's files, and what npm would install. */
let folder: string
let door: Door
let port: number

beforeAll(async () => {
  door = await Door.open()
  port = await freePort()
  folder = mkdtempSync(join(realpathSync(tmpdir()), "spoor-recorder-"))
  mkdirSync(join(folder, "node_modules/@spoor"), { recursive: true })
  symlinkSync(join(root, "packages/recorder"), join(folder, "node_modules/@spoor/recorder"), "junction")
  for (const name of ["@effect", "@sveltejs", "@types", "effect", "express", "fastify", "hono"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction")
  }
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  for (const [, code = "", name = ""] of readme.matchAll(/^```ts\n(\/\/ (\S+)\n[^]*?)^```$/gm)) {
    const local = code.replace("https://ingest.example", door.url).replace("3000", String(port))
    writeFileSync(join(folder, name), local)
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  const compilerOptions = {
    target: "ES2024",
    lib: ["ES2024", "ESNext.Disposable", "DOM"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    customConditions: ["@spoor/source"],
    skipLibCheck: true,
    noEmit: true
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
}, timeout)

afterAll(async () => {
  rmSync(folder, { recursive: true })
  await door[Symbol.asyncDispose]()
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

const start = (...program: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, ["--conditions=@spoor/source", ...program], {
    cwd: folder,
    env: { ...process.env, SPOOR_KEY: key },
    stdio: ["ignore", "ignore", "inherit"]
  })

/** Runs one of its services, asks it once, and ends it as an operator would. */
const serveOnce = async (file: string): Promise<void> => {
  const service = start(file)
  const ask = () => fetch(`http://127.0.0.1:${port}/orders?token=secret`).catch(() => undefined)
  await expect.poll(async () => (await ask())?.status, { timeout: 30_000, interval: 100 }).toBe(200)
  service.kill("SIGTERM")
  await once(service, "exit")
}

describe("the README", () => {
  it("has types that a strict project passes with", { timeout }, () => {
    const { stdout } = spawnSync(process.execPath, [join(root, "tooling/presets/etsc.mjs"), "-p", "."], { cwd: folder })
    expect(String(stdout)).toBe("")
  })

  it.each([
    ["express.ts", { apiKey: { name: "ERP", prefix: "ak_1" } }],
    ["fastify.ts", {}],
    ["effect.ts", { apiKey: { name: "ERP", prefix: "ak_1" } }]
  ])("has a service that records: %s", { timeout }, async (file, described) => {
    door.rows.clear()
    await serveOnce(file)
    expect(door.list.at(-1)).toMatchObject({
      url: "/orders",
      method: "GET",
      status: 200,
      ip: "127.0.0.1",
      ...described
    })
  })

  it.each([
    ["hono.ts", `import app from "./hono.ts"; await (await app.request("/orders")).text()`],
    [
      "hooks.server.ts",
      `import { handle } from "./hooks.server.ts"
       const event = { request: new Request("http://shop.example/orders"), getClientAddress: () => "192.0.2.7" }
       await (await handle({ event, resolve: async () => Response.json([]) })).text()`
    ],
    ["anything.ts", `import "./anything.ts"`]
  ])("has a module that records: %s", { timeout }, async (_, program) => {
    door.rows.clear()
    const child = start(
      "--input-type=module",
      "-e",
      `${program}; import { recorder } from "./spoor.ts"; await recorder.close()`
    )
    expect(await once(child, "exit")).toEqual([0, null])
    expect(door.list).toMatchObject([{ url: "/orders" }])
  })
})
