import { project } from "@spoor/presets/vitest"

// A cluster takes seconds to choose a leader, and more on a machine that runs other tests meanwhile.
export default project("nats", { testTimeout: 60_000, hookTimeout: 60_000 })
