/** The one currency of the demo shop. *Source*: ISO 4217. */
export const currency = "PLN"

export const categories = [
  { slug: "herbata", name: "Herbata" },
  { slug: "ceramika", name: "Ceramika" },
  { slug: "dom", name: "Dom i tekstylia" }
] as const
export type Category = (typeof categories)[number]["slug"]

/** Something that the demo shop sells. *Units*: `price` in grosze, tax included. */
export interface Product {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly category: Category
  readonly price: number
  readonly description: string
}

const product = (
  id: string,
  category: Category,
  slug: string,
  name: string,
  price: number,
  description: string
): Product => ({ id, slug, name, category, price, description })

export const products: ReadonlyArray<Product> = [
  product(
    "HE-101",
    "herbata",
    "sencha-poranna",
    "Sencha poranna 100 g",
    3490,
    "Zielona herbata z pierwszych zbiorów, świeża i lekko trawiasta."
  ),
  product(
    "HE-102",
    "herbata",
    "earl-grey-bergamota",
    "Earl Grey z bergamotką 100 g",
    2990,
    "Czarna herbata z olejkiem bergamotowym i płatkami chabru."
  ),
  product("HE-103", "herbata", "assam-mocny", "Assam mocny 100 g", 2790, "Słodowy, ciemny napar, dobry z mlekiem."),
  product(
    "HE-104",
    "herbata",
    "oolong-mleczny",
    "Oolong mleczny 50 g",
    4290,
    "Półfermentowana, o kremowym smaku i długim finiszu."
  ),
  product("HE-105", "herbata", "biala-pai-mu-tan", "Biała Pai Mu Tan 50 g", 4690, "Delikatna, z nutą kwiatów i miodu."),
  product(
    "HE-106",
    "herbata",
    "rooibos-wanilia",
    "Rooibos z wanilią 100 g",
    2590,
    "Bez kofeiny, łagodny, na każdą porę dnia."
  ),
  product(
    "HE-107",
    "herbata",
    "lipa-z-malina",
    "Lipa z maliną 80 g",
    1990,
    "Napar na chłodne wieczory, z suszonych owoców i kwiatów."
  ),
  product(
    "HE-108",
    "herbata",
    "zestaw-na-prezent",
    "Zestaw sześciu herbat na prezent",
    8900,
    "Sześć puszek po 30 g w kartonowym pudełku."
  ),
  product(
    "CE-201",
    "ceramika",
    "kubek-piaskowy",
    "Kubek piaskowy 300 ml",
    5900,
    "Kamionka szkliwiona na mat, toczona ręcznie."
  ),
  product(
    "CE-202",
    "ceramika",
    "kubek-granatowy",
    "Kubek granatowy 350 ml",
    6200,
    "Głęboki granat, wygodne ucho, można myć w zmywarce."
  ),
  product(
    "CE-203",
    "ceramika",
    "czarka-do-herbaty",
    "Czarka do herbaty 120 ml",
    4200,
    "Cienka porcelana bez ucha, do zielonych herbat."
  ),
  product(
    "CE-204",
    "ceramika",
    "imbryk-z-kamionki",
    "Imbryk z kamionki 800 ml",
    16900,
    "Z sitkiem ze stali i bambusową rączką."
  ),
  product(
    "CE-205",
    "ceramika",
    "dzbanek-z-podgrzewaczem",
    "Dzbanek z podgrzewaczem 1 l",
    21900,
    "Biała porcelana i podgrzewacz na świeczkę."
  ),
  product("CE-206", "ceramika", "miska-do-matchy", "Miska do matchy", 7900, "Szeroka, z wygodnym dzióbkiem."),
  product(
    "CE-207",
    "ceramika",
    "talerz-deserowy",
    "Talerz deserowy 19 cm",
    4900,
    "Nieregularny brzeg, szkliwo w kolorze śmietanki."
  ),
  product("CE-208", "ceramika", "wazon-smukly", "Wazon smukły 24 cm", 12900, "Na kilka gałązek albo jeden kwiat."),
  product(
    "DO-301",
    "dom",
    "koc-welniany",
    "Koc wełniany 130 × 180 cm",
    24900,
    "Wełna owcza, tkany w Polsce, z frędzlami."
  ),
  product("DO-302", "dom", "poszewka-lniana", "Poszewka lniana 45 × 45 cm", 6900, "Prany len, zapinana na guziki."),
  product(
    "DO-303",
    "dom",
    "obrus-lniany",
    "Obrus lniany 140 × 220 cm",
    18900,
    "Len w naturalnym kolorze, mereżka na brzegu."
  ),
  product("DO-304", "dom", "swieca-sojowa-las", "Świeca sojowa „Las po deszczu”", 5400, "Pali się około 40 godzin."),
  product(
    "DO-305",
    "dom",
    "swieca-sojowa-pomarancza",
    "Świeca sojowa „Pomarańcza i goździk”",
    5400,
    "Korzenny zapach, drewniany knot."
  ),
  product("DO-306", "dom", "deska-debowa", "Deska dębowa do serwowania", 9900, "Lite drewno, olejowana."),
  product("DO-307", "dom", "kosz-z-wikliny", "Kosz z wikliny", 11900, "Pleciony ręcznie, na owoce lub drobiazgi."),
  product("DO-308", "dom", "taca-bambusowa", "Taca bambusowa 40 cm", 7400, "Lekka, z uchwytami, na śniadanie w łóżku.")
]
