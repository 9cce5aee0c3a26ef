import { project } from "@spoor/presets/vitest"

export default project("tracker", { testTimeout: 20_000 })
