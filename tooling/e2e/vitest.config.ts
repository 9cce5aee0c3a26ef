import { project } from "@spoor/presets/vitest"

export default project("e2e", { testTimeout: 180_000, hookTimeout: 60_000 })
