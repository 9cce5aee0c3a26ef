import { goto } from "$app/navigation"

/** What a form's door says to a script: where to go on, or what is wrong. */
type Answer = { readonly next: string } | { readonly problem: string }

/**
 * Sends a form's data and shows what came of it, without loading the page again; gives what was wrong, null if nothing.
 *
 * The doors are those of plain forms: without a script they answer with a redirect or a page.
 */
export const post = async (action: string, data: FormData): Promise<string | null> => {
  const answer = await fetch(action, { method: "POST", body: data, headers: { accept: "application/json" } })
  // Signed out meanwhile, or refused: the page says so itself.
  if (answer.redirected || !answer.headers.get("content-type")?.startsWith("application/json")) {
    location.reload()
    return null
  }
  const said: Answer = await answer.json()
  if ("problem" in said) return said.problem
  await goto(said.next, { refreshAll: true, reset: false, replace: true })
  return null
}

export const send = async (event: SubmitEvent): Promise<string | null> => {
  const form = event.target
  if (!(form instanceof HTMLFormElement)) return null
  event.preventDefault()
  return post(form.action, new FormData(form, event.submitter))
}
