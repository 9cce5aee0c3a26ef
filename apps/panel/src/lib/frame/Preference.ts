/**
 * A chosen look, at once: the form would send it to the server and load the page again, which is how it works without
 * a script. The cookie is the same one that the server writes.
 */
export const choose = (event: SubmitEvent): void => {
  const { submitter } = event
  if (!(submitter instanceof HTMLButtonElement)) return
  event.preventDefault()
  document.documentElement.dataset[submitter.name] = submitter.value
  const secure = location.protocol === "https:" ? "; secure" : ""
  document.cookie = `${submitter.name}=${submitter.value}; path=/; max-age=31536000; samesite=lax${secure}`
  for (const open of document.querySelectorAll<HTMLElement>("[popover]:popover-open")) open.hidePopover()
}
