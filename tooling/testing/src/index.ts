export * as Program from "./Program.ts"
export * as TestDatabase from "./TestDatabase.ts"
