import { project } from "@spoor/presets/vitest"

// A cluster takes seconds to choose a leader, and more on a busy machine.
export default project("nats", { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 })
