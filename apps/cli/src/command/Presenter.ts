import { Console, Layer } from "effect"
import { CliOutput } from "effect/cli"

/** One sentence an error, in the manner of other commands; of how it was found out, nothing. */
const sentenceOf = ({ message }: { readonly message: string }): string =>
  `spoor: ${message
    .replace("Schema validation failed: Expected ", "")
    .replace("Expected a string representing a finite number", "Expected: a number")}`

const formatter: CliOutput.Formatter = {
  ...CliOutput.defaultFormatter(),
  formatError: sentenceOf,
  formatErrors: (errors) => errors.map(sentenceOf).join("\n")
}

/**
 * Help and version go to standard output, where they were asked for; what is wrong with a call goes to standard error,
 * without the whole help.
 */
const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Console.error(`${formatter.formatErrors(event.errors)}\nMore: ${event.commandPath.join(" ")} --help`)
      : CliOutput.defaultPresenter.present(event)
}

export const layer = Layer.merge(CliOutput.layer(formatter), CliOutput.layerPresenter(presenter))
