import { goto } from "$app/navigation"
import { copyText, linkOfRow, textOfCell, textOfRow } from "#lib/value/Copying.svelte.ts"
import { type Area, placesIn } from "./Places.ts"

/** After "g", the letter of a page must follow within this. */
const SEQUENCE_MS = 1_200

/**
 * The keyboard of the panel: `/`, `b`, `v`, j and k, `c` and `l`, Esc, g and a letter, `?`. Enter needs no code: rows are links.
 *
 * *Shape*: `onHelp` opens the list of keys, `areas` is what the reader may look at.
 */
export const makeKeys = (onHelp: () => void, areas: () => ReadonlyArray<Area>) => {
  let goAt = -Infinity

  return (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (document.querySelector("[role=dialog][data-state=open]") !== null) return
    if (event.key === "Escape") return goBack(event)
    if (isTyping(event.target)) return

    const isSequence = event.timeStamp - goAt < SEQUENCE_MS
    goAt = event.key === "g" ? event.timeStamp : -Infinity
    const place = isSequence ? placesIn(areas()).find(({ key }) => key === event.key) : undefined
    if (place !== undefined) return act(event, () => void goto(place.path))
    if (event.key === "?") return act(event, onHelp)
    if (event.key === "/") return act(event, () => document.querySelector<HTMLElement>("[data-find]")?.focus())
    if (event.key === "c") return act(event, copyHere)
    if (event.key === "l") return act(event, copyLink)
    if (event.key === "v") return act(event, () => openMenu("[data-layout]"))
    if (event.key === "b") return act(event, () => openMenu("[data-views]"))
    if (event.key === "j") return act(event, () => step(1))
    if (event.key === "k") return act(event, () => step(-1))
  }
}

const act = (event: KeyboardEvent, action: () => void): void => {
  event.preventDefault()
  action()
}

/** A menu, and its first field; it opens by its button, which it then stands under. */
const openMenu = (button: string): void => {
  const opener = document.querySelector<HTMLButtonElement>(button)
  opener?.click()
  if (opener?.popoverTargetElement instanceof HTMLElement) {
    opener.popoverTargetElement.querySelector<HTMLElement>("a, button, input:not([type=hidden])")?.focus()
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))

/** Out of a field first, then out of the drawer. An open menu closes by itself. */
const goBack = (event: KeyboardEvent): void => {
  if (document.querySelector("[popover]:not([role=tooltip]):popover-open") !== null) return
  if (isTyping(event.target) && event.target instanceof HTMLElement) return event.target.blur()
  document.querySelector<HTMLAnchorElement>("[data-close]")?.click()
}

/** The row with the focus, else the one that a drawer shows. */
const rowHere = (): HTMLTableRowElement | null =>
  document.activeElement?.closest<HTMLTableRowElement>("tr[data-row]") ??
  document.querySelector<HTMLTableRowElement>("tr[data-chosen=true]")

/** The cell with the focus; the whole row where the focus is on the row itself. */
const copyHere = (): void => {
  const row = rowHere()
  const cell = document.activeElement?.closest("tr[data-row] td:not(.details)")
  if (row !== null) void copyText(cell ? textOfCell(cell) : textOfRow(row))
}

const copyLink = (): void => {
  const row = rowHere()
  if (row !== null) void copyText(linkOfRow(row))
}

/** The next or previous row: opened when a drawer is open, else focused. */
const step = (by: 1 | -1): void => {
  if (document.querySelector("[data-close]") !== null) {
    return document.querySelector<HTMLAnchorElement>(by === 1 ? "[data-step=next]" : "[data-step=previous]")?.click()
  }
  const rows = [...document.querySelectorAll<HTMLAnchorElement>("[data-row] .open")]
  const focused = rows.findIndex((row) => row.closest("[data-row]")?.contains(document.activeElement))
  const next = rows[focused < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, focused + by))]
  next?.focus({ preventScroll: true })
  next?.closest("[data-row]")?.scrollIntoView({ block: "nearest" })
}
