/** A click anywhere on a row opens it, unless it was on a link, or text was being selected. */
export const openRow = (event: MouseEvent): void => {
  const { target } = event
  if (!(target instanceof Element) || target.closest("a, button") !== null) return
  if (document.getSelection()?.isCollapsed === false) return
  const link = target.closest("[data-row]")?.querySelector<HTMLAnchorElement>(".open")
  if (link === null || link === undefined) return
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener")
  else link.click()
}
