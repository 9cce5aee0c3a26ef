import type * as Pdu from "./Pdu.ts"

/** Is told every unit; the line is made only if somebody looks. */
export type Trace = (line: () => string) => void

/** A unit in a line, without what the message says and without a password. *Shape*: `way` is "out" or "in". */
export const lineOf = (way: "out" | "in", pdu: Pdu.Pdu): string => {
  const { command, sequence, status } = pdu
  const answer = status === 0 ? "" : ` 0x${status.toString(16).padStart(8, "0")}`
  return `${way === "out" ? "→" : "←"} ${command} #${sequence}${answer}${detailsOf(pdu)}`
}

const detailsOf = (pdu: Pdu.Pdu): string => {
  if ("esmClass" in pdu) {
    const tags = pdu.tlvs.map(({ tag }) => `0x${tag.toString(16).padStart(4, "0")}`).join(" ")
    const route = `${pdu.source.digits} → ${pdu.destination.digits}`
    return ` ${route} esm_class 0x${pdu.esmClass.toString(16).padStart(2, "0")}${tags === "" ? "" : ` with ${tags}`}`
  }
  return "password" in pdu ? ` as ${pdu.systemId}` : ""
}
