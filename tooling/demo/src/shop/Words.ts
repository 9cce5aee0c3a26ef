const plural = new Intl.PluralRules("pl")

/** "1 produkt", "3 produkty", "12 produktów". */
export const countProducts = (count: number): string => {
  const forms: Readonly<Record<string, string>> = { one: "produkt", few: "produkty" }
  return `${count} ${forms[plural.select(count)] ?? "produktów"}`
}
