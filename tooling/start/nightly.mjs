// npm run nightly: the laws on ten times as many cases, from the day's own seed, and the tests of the rules on mutants.
import { install, node, root, run, tool } from "./install.mjs"
import { join } from "node:path"

await install()
process.env.SPOOR_LAW_RUNS ??= "10000"
process.env.SPOOR_LAW_SEED ??= new Date().toISOString().slice(0, 10).replaceAll("-", "")
console.log(`▸ Seed ${process.env.SPOOR_LAW_SEED}, ${process.env.SPOOR_LAW_RUNS} cases`)
const vitest = join(root, "node_modules/vitest/vitest.mjs")
await run("Trying the laws", node(), [vitest, "run", "packages/domain", "apps/cli", "packages/queue"])
delete process.env.SPOOR_LAW_RUNS
await tool("Trying the rules' tests on mutants", "npm", ["run", "mutate", "-w", "@spoor/domain"])
