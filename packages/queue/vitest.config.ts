import { project } from "@spoor/presets/vitest"

// Flushes of a disk that others use, too, may take their time; a test that hangs is ended all the same.
export default project("queue", { testTimeout: 20_000 })
