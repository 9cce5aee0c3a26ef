import { gzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { bundle } from "../bundle.mjs"

it("is one small script for browsers since 2019", async () => {
  const script = await bundle()
  expect(gzipSync(script).length).toBeLessThan(7800)
  expect(script).not.toMatch(/\?\.|\?\?|\beval\b|new Function|\bimport\b/)
})
