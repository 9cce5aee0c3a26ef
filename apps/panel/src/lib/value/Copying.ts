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
  for (const value of values) value.textContent = value.getAttribute("data-value")
  event.clipboardData?.setData("text/plain", inside?.getAttribute("data-value") ?? textOf(fragment))
  event.preventDefault()
}

/** A row's cells with tabs between them, rows on lines of their own: what a spreadsheet takes. */
const textOf = (fragment: DocumentFragment): string => {
  const rows = [...fragment.querySelectorAll("tr")]
  if (rows.length === 0) return fragment.textContent
  return rows
    .map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " ")).join("\t"))
    .join("\n")
}
