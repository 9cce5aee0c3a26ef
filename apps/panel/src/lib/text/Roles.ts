import * as m from "#lib/paraglide/messages.js"

/** What each role is called. */
export const roleNames = {
  administrator: m.role_administrator,
  marketer: m.role_marketer,
  analyst: m.role_analyst,
  developer: m.role_developer
}
