import { Ids } from "@spoor/domain"
import { Schema } from "effect"

/** What those who set Spoor up type, wherever they do: units, sites, keys. */

/** What people call something. */
export const Name = Schema.Trim.check(Schema.isMaxLength(100), Schema.isMinLength(1)).pipe(
  Schema.decodeTo(Ids.text(100))
)

/** A site's short name, as the database and an address have it. */
export const SiteId = Ids.SiteId.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    expected: "lower-case letters, digits and hyphens, beginning with a letter or digit"
  })
)

/** Where a shop's pages are. */
export const SiteUrl = Schema.Trim.check(
  Schema.isMaxLength(2_048),
  Schema.makeFilter((url: string) => ["http:", "https:"].includes(URL.parse(url)?.protocol ?? ""), {
    expected: "an address such as https://shop.example"
  })
)
