export * as ActivityDoor from "./ActivityDoor.ts"
export * as Event from "./Event.ts"
export * as Intake from "./Intake.ts"
export * as Item from "./Item.ts"
