/** The shop's three shelves; `slug` stands in addresses. */
export const categories = [
  { slug: "ceramika", name: "Ceramika", about: "Toczona na kole i szkliwiona ręcznie w pracowni na Podlasiu." },
  {
    slug: "herbaty",
    name: "Herbaty",
    about: "Liście i zioła w puszkach, które trzymają zapach do ostatniej łyżeczki."
  },
  { slug: "len", name: "Len", about: "Polski len, prany przed szyciem, z każdym praniem bardziej miękki." }
] as const

export type Category = (typeof categories)[number]["slug"]

export type Shape =
  | "mug"
  | "bowl"
  | "plate"
  | "teapot"
  | "vase"
  | "jug"
  | "cups"
  | "dish"
  | "tin"
  | "cloth"
  | "pillow"
  | "apron"
  | "bag"

/** *Units*: `price` in grosze. `colour` is what the picture is painted with. */
export interface Product {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly category: Category
  readonly price: number
  readonly shape: Shape
  readonly colour: string
  readonly about: string
  readonly facts: string
}

const ceramics = (number: number, slug: string, name: string, price: number, shape: Shape, colour: string) =>
  ({ id: `CER-${number}`, slug, name, category: "ceramika", price, shape, colour }) as const
const tea = (number: number, slug: string, name: string, price: number, colour: string) =>
  ({ id: `HER-${number}`, slug, name, category: "herbaty", price, shape: "tin", colour }) as const
const linen = (number: number, slug: string, name: string, price: number, shape: Shape, colour: string) =>
  ({ id: `LEN-${number}`, slug, name, category: "len", price, shape, colour }) as const

/** In the order of their popularity: the demo's visitors look at the first ones most. */
export const products: ReadonlyArray<Product> = [
  {
    ...ceramics(101, "kubek-mgla", "Kubek „Mgła”", 6900, "mug", "#8fa6a3"),
    about: "Szkliwo jak poranek nad łąką: u dołu gęste, przy brzegu prawie przezroczyste. Ucho na cztery palce.",
    facts: "320 ml · kamionka · można myć w zmywarce"
  },
  {
    ...tea(201, "herbata-zimowy-sad", "Herbata „Zimowy sad”", 3490, "#9c4a3c"),
    about: "Czarna herbata z suszoną gruszką, śliwką i szczyptą goździków. Pachnie strychem pełnym jabłek.",
    facts: "100 g · ok. 40 filiżanek · 95 °C, 4 minuty"
  },
  {
    ...ceramics(102, "miska-do-zupy-jesion", "Miska do zupy „Jesion”", 8900, "bowl", "#7d8a5e"),
    about: "Głęboka, ciężka, długo trzyma ciepło. W sam raz na żurek i na ramen.",
    facts: "650 ml · kamionka · do piekarnika do 180 °C"
  },
  {
    ...linen(301, "scierka-lniana-prazki", "Ścierka lniana w prążki", 4200, "cloth", "#c9a66b"),
    about: "Nie zostawia włókien na szkle i schnie, zanim zdążysz o niej zapomnieć.",
    facts: "50 × 70 cm · 100% len · pranie w 60 °C"
  },
  {
    ...ceramics(103, "czajnik-wrzos", "Czajnik „Wrzos”", 24900, "teapot", "#8d7396"),
    about: "Z sitkiem toczonym w dziobku i pokrywką, która nie spada przy nalewaniu ostatniej filiżanki.",
    facts: "900 ml · kamionka · z bambusowym uchwytem"
  },
  {
    ...tea(202, "herbata-zielona-poranek", "Zielona herbata „Poranek”", 3990, "#6f8f5a"),
    about: "Łagodna sencha z kwiatem lipy. Nie gorzknieje, nawet gdy o niej zapomnisz.",
    facts: "80 g · ok. 35 filiżanek · 75 °C, 2 minuty"
  },
  {
    ...linen(302, "obrus-lniany-zloty", "Obrus lniany „Żyto”", 27900, "cloth", "#d3b989"),
    about: "Gęsto tkany, z mereżką na brzegu. Po trzecim praniu układa się jak woda.",
    facts: "140 × 220 cm · 100% len · dla sześciu osób"
  },
  {
    ...ceramics(104, "talerz-sniadaniowy-sol", "Talerz śniadaniowy „Sól”", 5900, "plate", "#d9d2c5"),
    about: "Matowa biel z ziarnem. Jajko na nim wygląda jak obraz.",
    facts: "Ø 21 cm · kamionka · można myć w zmywarce"
  },
  {
    ...tea(203, "napar-laka-lipcowa", "Napar ziołowy „Łąka lipcowa”", 2990, "#c59a3f"),
    about: "Lipa, rumianek, nagietek i mięta zebrane pod Drohiczynem. Bez kofeiny.",
    facts: "60 g · ok. 30 filiżanek · 90 °C, 6 minut"
  },
  {
    ...linen(303, "poszewka-lniana-dab", "Poszewka lniana „Dąb”", 11900, "pillow", "#8a7a62"),
    about: "Zapinana na drewniane guziki. Chłodna latem, przytulna zimą.",
    facts: "50 × 60 cm · 100% len · guziki z bukszpanu"
  },
  {
    ...ceramics(105, "wazon-brzask", "Wazon „Brzask”", 17900, "vase", "#c98f77"),
    about: "Na jedną gałąź albo na cały bukiet: szyjka jest wąska, brzuch szczodry.",
    facts: "wys. 24 cm · kamionka · wodoszczelny"
  },
  {
    ...linen(304, "fartuch-lniany-piec", "Fartuch lniany „Piec”", 18900, "apron", "#5f6f7a"),
    about: "Krzyżowany na plecach, bez wiązania. Dwie kieszenie, w tym jedna na łyżkę.",
    facts: "rozmiar uniwersalny · 100% len · 240 g/m²"
  },
  {
    ...tea(204, "czarna-herbata-dym", "Czarna herbata „Dym”", 4490, "#4b4440"),
    about: "Wędzona nad sosną, jak ognisko we wrześniu. Dla odważnych i do pieczonych gruszek.",
    facts: "90 g · ok. 38 filiżanek · 95 °C, 3 minuty"
  },
  {
    ...ceramics(106, "czarki-do-herbaty-cztery", "Czarki do herbaty, cztery sztuki", 15900, "cups", "#9aa7b0"),
    about: "Każda trochę inna, jak rodzeństwo. Pakowane w wełnę drzewną.",
    facts: "4 × 120 ml · kamionka"
  },
  {
    ...linen(305, "serwetki-lniane-szesc", "Serwetki lniane, sześć sztuk", 12900, "cloth", "#b8c0a8"),
    about: "Z podwójnym brzegiem. Zastąpią kilka tysięcy papierowych.",
    facts: "40 × 40 cm · 100% len · pranie w 60 °C"
  },
  {
    ...tea(205, "rooibos-pomarancza", "Rooibos z pomarańczą", 3290, "#c9703a"),
    about: "Czerwonokrzew z kandyzowaną skórką i wanilią. Dzieci piją na zimno.",
    facts: "100 g · ok. 45 filiżanek · bez kofeiny"
  },
  {
    ...ceramics(107, "dzbanek-zrodlo", "Dzbanek „Źródło”", 19900, "jug", "#6f93a8"),
    about: "Nie kapie. Sprawdziliśmy każdy z osobna, dwa razy.",
    facts: "1,2 l · kamionka · do lodówki i na stół"
  },
  {
    ...tea(206, "bialy-listek", "Biała herbata „Biały listek”", 6900, "#cfc8b4"),
    about: "Pierwsze pączki z wiosennego zbioru. Smak melona i siana, prawie bez cierpkości.",
    facts: "50 g · ok. 25 filiżanek · 80 °C, 3 minuty"
  },
  {
    ...linen(306, "torba-lniana-targ", "Torba lniana „Targ”", 7900, "bag", "#a9754f"),
    about: "Udźwignie arbuza. Uszy wszyte pod samo dno.",
    facts: "38 × 42 cm · 100% len · nośność 15 kg"
  },
  {
    ...ceramics(108, "maselniczka-maslanka", "Maselniczka „Maślanka”", 13900, "dish", "#d8c38f"),
    about: "Kostka masła mieści się cała, a nóż nie wyślizguje.",
    facts: "18 × 11 cm · kamionka · z pokrywką"
  },
  {
    ...tea(207, "mieta-z-ogrodu", "Mięta z ogrodu", 2490, "#5d9a83"),
    about: "Sama mięta, suszona w całych liściach w cieniu stodoły.",
    facts: "40 g · ok. 30 filiżanek · 90 °C, 5 minut"
  },
  {
    ...linen(307, "pled-lniany-jezioro", "Pled lniany „Jezioro”", 32900, "cloth", "#7595a0"),
    about: "Splot waflowy, waży tyle co nic. Na werandę i na drzemkę.",
    facts: "130 × 180 cm · 100% len · frędzle skręcane ręcznie"
  },
  {
    ...tea(208, "zestaw-trzy-puszki", "Zestaw „Trzy puszki”", 9900, "#7a5c86"),
    about: "Zimowy sad, Poranek i Łąka lipcowa w małych puszkach. Gotowy prezent.",
    facts: "3 × 40 g · w kartonie z okienkiem"
  },
  {
    ...linen(308, "bieznik-lniany-sciezka", "Bieżnik lniany „Ścieżka”", 8900, "cloth", "#a7a29a"),
    about: "Wąski pas przez środek stołu: tyle wystarczy, żeby było uroczyście.",
    facts: "40 × 150 cm · 100% len · mereżka"
  }
]

export const findById = (id: string): Product | undefined => products.find((product) => product.id === id)

export const findBySlug = (slug: string): Product | undefined => products.find((product) => product.slug === slug)

export const inCategory = (category: Category): ReadonlyArray<Product> =>
  products.filter((product) => product.category === category)

export const nameOf = (category: Category): string => categories.find(({ slug }) => slug === category)?.name ?? category
