import type { Options } from "tsup"

export declare const library: (entry: Options["entry"]) => Options
export declare const server: (entry: Options["entry"]) => Options
