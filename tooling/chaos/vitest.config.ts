import { project } from "@spoor/presets/vitest"

export default project("chaos", { fileParallelism: false })
