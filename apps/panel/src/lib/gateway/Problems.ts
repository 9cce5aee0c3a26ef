import * as m from "#lib/paraglide/messages.js"

/** What was wrong with a form of gateways, in a sentence. *Shape*: `detail` is what was typed, or the schema's own words. */
const problems = {
  plugin: m.gateway_problem_plugin,
  key: m.gateway_problem_key,
  name: m.gateway_problem_name,
  settings: m.gateway_problem_settings,
  zone: m.gateway_problem_zone,
  mapping: m.gateway_problem_mapping,
  link: m.gateway_problem_link,
  taken: m.gateway_problem_taken,
  gone: m.gateway_problem_gone,
  sample: m.gateway_problem_sample,
  away: m.gateway_problem_away
}

export const problemOf = (problem: keyof typeof problems | undefined, detail = ""): string | undefined => {
  if (problem === undefined) return undefined
  return problem === "settings" || problem === "zone" ? `${problems[problem]()} ${detail}` : problems[problem]()
}
