import * as m from "#lib/paraglide/messages.js"
import { createContext } from "svelte"
import * as Format from "./Format.ts"
import type { Amount } from "#lib/session/Story.ts"

/** Relative times move on this often. */
const TICK_MS = 30_000

/**
 * Who reads: language, zone and now. Everything that is shown of a number or an instant goes through it.
 *
 * "Now" is the server's, so that the first paint and the script that takes over agree, and a wrong clock at the reader's
 * does not matter; from then on it moves with the time that has passed here.
 */
export class Reader {
  readonly #locale: () => Format.Locale
  readonly #timeZone: () => string
  #since = $state(0)
  #serverNow = $state(0)

  constructor(locale: () => Format.Locale, timeZone: () => string) {
    this.#locale = locale
    this.#timeZone = timeZone
  }

  /** A load function brought the server's clock. */
  set(serverNow: number): void {
    this.#serverNow = serverNow
    this.#since = 0
  }

  /** Starts the ticking in a browser; gives what stops it. */
  start(): () => void {
    const timer = setInterval(() => (this.#since += TICK_MS), TICK_MS)
    return () => clearInterval(timer)
  }

  get now(): number {
    return this.#serverNow + this.#since
  }
  get locale(): Format.Locale {
    return this.#locale()
  }
  get timeZone(): string {
    return this.#timeZone()
  }
  number(value: number): string {
    return Format.number(value, this.locale)
  }
  /** A measured time span; small ones with more digits. */
  milliseconds(span: number): string {
    return m.milliseconds({
      shown: Format.number(span < 10 ? Math.round(span * 10) / 10 : Math.round(span), this.locale)
    })
  }
  money(amount: Amount): string {
    return Format.money(amount, this.locale)
  }
  moment(at: number): string {
    return Format.moment(at, this.now, this.locale, this.timeZone)
  }
  stretch(from: number, to: number): string {
    return Format.stretch(from, to, this.locale, this.timeZone)
  }
  edge(at: number, length: number): string {
    return Format.edge(at, length, this.locale, this.timeZone)
  }
  stamp(at: number): string {
    return Format.stamp(at, this.now, this.locale, this.timeZone)
  }
  exact(at: number): string {
    return Format.exact(at, this.locale, this.timeZone)
  }
  clock(at: number): string {
    return Format.clock(at, this.locale, this.timeZone)
  }
  span(value: number): string {
    return Format.span(value, this.locale)
  }
}

const [getReader, setReader] = createContext<Reader>()
export { getReader, setReader }
