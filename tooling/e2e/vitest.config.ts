import { project } from "@spoor/presets/vitest"

export default project("e2e", { fileParallelism: false, testTimeout: 180_000, hookTimeout: 60_000 })
