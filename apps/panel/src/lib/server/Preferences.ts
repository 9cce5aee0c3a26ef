import type { Cookies } from "@sveltejs/kit"

/** What a person may choose about the looks, by cookie name; the first is the default. */
export const preferences = {
  theme: ["system", "light", "dark"],
  rail: ["wide", "narrow"]
} as const

/** The attributes of the page's root element, so that the first paint is as the person chose. */
export const readPreferences = (cookies: Cookies): string =>
  Object.entries(preferences)
    .map(([name, values]) => {
      const chosen = values.find((value) => value === cookies.get(name)) ?? values[0]
      return `data-${name}="${chosen}"`
    })
    .join(" ")
