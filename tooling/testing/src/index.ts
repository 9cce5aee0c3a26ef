export * as Program from "./Program.ts"
export * as Settled from "./Settled.ts"
export * as TestDatabase from "./TestDatabase.ts"
