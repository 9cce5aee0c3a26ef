import { SmsGateway } from "@spoor/contracts"
import { field } from "../FormFields.ts"

/** The fields of the form; what was typed comes back with them. */
const texts = [
  "plugin",
  "key",
  "name",
  "country",
  "zone",
  "secrets",
  "basic",
  "networks",
  "host",
  "port",
  "systemId",
  "isTls",
  "errProfile",
  "method",
  "each",
  "messageId",
  "phone",
  "sender",
  "status",
  "text",
  "at",
  "delivered",
  "failed",
  "sample"
] as const
type Typed = Readonly<Record<(typeof texts)[number], string>>

/**
 * What a form asks for. *Shape*: `wanted` is null where it names no plugin; its settings are still to be checked. Lists have commas.
 */
export const read = (form: FormData) => {
  const typed = Object.fromEntries(texts.map((name) => [name, String(form.get(name) ?? "").trim()])) as Typed
  const plugin = field(form, "plugin", SmsGateway.Plugin)
  if (plugin === null) return { typed, wanted: null }
  const { basic, country, key, name, networks, secrets, zone } = typed
  const settings = {
    ...(country !== "" && { country: country.toUpperCase() }),
    ...(zone !== "" && { zone }),
    ...(secrets !== "" && { secrets: listed(secrets) }),
    ...(basic !== "" && plugin !== "smpp" && { basic: listed(basic) }),
    ...(networks !== "" && { networks: listed(networks) }),
    ...(plugin === "smpp" && linkOf(typed)),
    ...(plugin === "generic" && { mapping: mappingOf(typed) })
  }
  return { typed, wanted: { plugin, key, name: name === "" ? key : name, settings } }
}

const linkOf = ({ errProfile, host, isTls, port, systemId }: Typed) => ({
  smpp: { host, port: Number(port), systemId, isTls: isTls !== "" },
  ...(errProfile !== "" && { errProfile })
})

const mappingOf = ({ at, delivered, each, failed, messageId, method, phone, sender, status, text }: Typed) => ({
  methods: [method === "GET" ? "GET" : "POST"],
  ...(each !== "" && { each }),
  map: {
    messageId: listed(messageId),
    phone: listed(phone),
    sender: listed(sender),
    status: listed(status),
    text: listed(text),
    at: listed(at)
  },
  outcome: {
    ...Object.fromEntries(listed(delivered).map((word) => [word, "delivered"])),
    ...Object.fromEntries(listed(failed).map((word) => [word, "failed"]))
  },
  key: [...listed(messageId), ...listed(status)]
})

const listed = (text: string): ReadonlyArray<string> =>
  text
    .split(/[,\s]+/u)
    .map((word) => word.trim())
    .filter((word) => word !== "")
