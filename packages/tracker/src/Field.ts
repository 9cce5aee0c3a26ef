import { readEmail } from "./Text.ts"

/** Hears the e-mail that a customer leaves in a field that the shop named, on change and on submit, never while typing. */
export const watchEmail = (selector: string, hear: (email: string) => void): void => {
  const read = (field: unknown): void => {
    const email = field instanceof HTMLInputElement ? readEmail(field.value) : undefined
    if (email !== undefined) hear(email)
  }
  document.addEventListener("change", ({ target }) => {
    if (target instanceof Element && target.matches(selector)) read(target)
  })
  // Captured, because a shop's own script may stop the event before it reaches the document.
  const submitted = ({ target }: Event) => target instanceof HTMLFormElement && read(target.querySelector(selector))
  document.addEventListener("submit", submitted, true)
}
