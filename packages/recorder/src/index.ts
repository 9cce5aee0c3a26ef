export * as Recorder from "./Recorder.ts"
