import { Layer, Logger } from "effect"
import { CliConfig, Command, GlobalFlag } from "effect/cli"
import manifest from "../package.json" with { type: "json" }
import { keys, sites, units, users } from "./command/Administration.ts"
import { deadLetters } from "./command/DeadLetters.ts"
import { explain } from "./command/Explain.ts"
import { erase, exportPerson, receipt } from "./command/Persons.ts"
import { identity } from "./command/Identity.ts"
import { gateways } from "./command/Gateways.ts"
import * as Presenter from "./command/Presenter.ts"
import { sessionize } from "./command/Sessionize.ts"
import { migrate, retention } from "./command/Store.ts"
import { verify } from "./command/Verify.ts"
import { webhooks } from "./command/Webhooks.ts"
import { whatIf } from "./command/WhatIf.ts"

const spoor = Command.make("spoor").pipe(
  Command.withDescription(
    "Sessions and outcomes of an online shop's visitors, from their events; and, of a Spoor that runs: its units, sites, keys and people, " +
      "what it put aside, whom it tells, what it knows of one person and why, whether its panel log is as it was written."
  ),
  Command.withSubcommands([
    sessionize,
    whatIf,
    explain,
    deadLetters,
    webhooks,
    gateways,
    exportPerson,
    erase,
    receipt,
    identity,
    verify,
    units,
    sites,
    keys,
    users,
    retention,
    migrate
  ])
)

/** Runs the command that the arguments name. *Fails* when everything has been said on standard error. */
export const run = Command.runWith(spoor, { version: manifest.version })

/** How the command speaks. Standard output is for data: what is said to a person goes to standard error. */
export const layer = Layer.mergeAll(
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
  Presenter.layer,
  Layer.succeed(Logger.LogToStderr, true)
)
