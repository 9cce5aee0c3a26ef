/** What was copied last, for as long as it is told. *Shape*: "" when nothing is. */
export const copied = $state({ text: "" })

const TOLD_MS = 2_000
let told: ReturnType<typeof setTimeout> | undefined

/** Copies a text and tells so (Copied.svelte). */
export const copyText = async (text: string): Promise<void> => {
  await navigator.clipboard.writeText(text)
  copied.text = text
  clearTimeout(told)
  told = setTimeout(() => (copied.text = ""), TOLD_MS)
}

/** What a cell holds, in full. */
export const textOfCell = (cell: Element): string => spaced(whole(cell.cloneNode(true)))

/** A row's cells with tabs between them: what a spreadsheet takes. */
export const textOfRow = (row: HTMLTableRowElement): string => [...row.cells].filter(isShown).map(textOfCell).join("\t")

/** The address that a row can be sent by. */
export const linkOfRow = (row: Element): string => {
  const { origin, pathname } = new URL(row.querySelector<HTMLAnchorElement>(".open")?.href ?? location.href)
  return `${origin}${pathname}`
}

/**
 * Copies values whole: a value that is cut short on screen stands in two elements, and a browser would copy a line break
 * between them.
 */
export const copyWhole = (event: ClipboardEvent): void => {
  const selection = document.getSelection()
  if (selection === null || selection.isCollapsed || event.target instanceof HTMLInputElement) return
  const range = selection.getRangeAt(0)
  const around = range.commonAncestorContainer
  const inside = (around instanceof Element ? around : around.parentElement)?.closest("[data-value]")
  const fragment = range.cloneContents()
  const values = fragment.querySelectorAll("[data-value]")
  if ((inside === null || inside === undefined) && values.length === 0) return
  event.clipboardData?.setData("text/plain", inside?.getAttribute("data-value") ?? textOf(whole(fragment)))
  event.preventDefault()
}

/** Rows on lines of their own. */
const textOf = (fragment: Node): string => {
  const rows = fragment instanceof DocumentFragment ? [...fragment.querySelectorAll("tr")] : []
  if (rows.length === 0) return fragment.textContent ?? ""
  return rows.map((row) => [...row.cells].map(spaced).join("\t")).join("\n")
}

/** Puts the values that are cut short, and instants that are told as "a minute ago", in full. */
const whole = (copy: Node): Node => {
  if (!(copy instanceof Element || copy instanceof DocumentFragment)) return copy
  for (const value of copy.querySelectorAll("[data-value]")) value.textContent = value.getAttribute("data-value")
  for (const time of copy.querySelectorAll("time")) time.textContent = time.dateTime
  for (const tool of copy.querySelectorAll("button")) tool.remove()
  return copy
}

const spaced = (node: Node): string => (node.textContent ?? "").trim().replace(/\s+/g, " ")

/** A card's own cell is no column. */
const isShown = (cell: Element): boolean => !cell.classList.contains("card-gist")
