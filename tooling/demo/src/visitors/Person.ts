import type { Activity } from "@spoor/domain"
import * as Chance from "./Chance.ts"

/** Somebody at one browser. `email` is what the shop can learn of them, if anything. */
export interface Person {
  readonly visitorId: string
  readonly device: Activity.Device
  readonly email: string | undefined
}

/** *Units*: `firstSeenAt` in epoch milliseconds; the visitor's ID carries it, as the tracker's IDs do. */
export const meet = (chance: Chance.Chance, firstSeenAt: number, isKnown: boolean): Person => ({
  visitorId: uuid(chance, firstSeenAt),
  device: Chance.weigh(chance, [
    [58, "mobile"],
    [36, "desktop"],
    [6, "tablet"]
  ]),
  email: isKnown ? address(chance) : undefined
})

/** A UUID of version 7 whose bits follow from chance. *Source*: RFC 9562, 5.7. */
export const uuid = (chance: Chance.Chance, at: number): string => {
  const time = at.toString(16).padStart(12, "0")
  const variant = (8 + Chance.whole(chance, 0, 3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${Chance.hex(chance, 3)}-${variant}${Chance.hex(chance, 3)}-${Chance.hex(chance, 12)}`
}

/** Addresses that can belong to nobody. *Source*: RFC 2606; example.pl is the demo's own choice and gets no mail. */
export const address = (chance: Chance.Chance): string => {
  const [given, surname] = Chance.isTrue(chance, 0.68)
    ? [Chance.pick(chance, women), feminine(Chance.pick(chance, surnames))]
    : [Chance.pick(chance, men), Chance.pick(chance, surnames)]
  const year = String(Chance.whole(chance, 58, 105) % 100).padStart(2, "0")
  const local = Chance.weigh(chance, [
    [40, `${given}.${surname}`],
    [25, `${given}.${surname}${year}`],
    [20, `${given.slice(0, 1)}.${surname}${year}`],
    [15, `${surname}${given.slice(0, 3)}`]
  ])
  return `${local}@${Chance.weigh(chance, [
    [50, "example.com"],
    [35, "example.pl"],
    [15, "example.org"]
  ])}`
}

const feminine = (surname: string): string => surname.replace(/(sk|ck|dzk)i$/, "$1a")

const women = [
  "anna",
  "katarzyna",
  "maria",
  "malgorzata",
  "agnieszka",
  "barbara",
  "ewa",
  "elzbieta",
  "zofia",
  "joanna",
  "magdalena",
  "monika",
  "hanna",
  "aleksandra",
  "julia",
  "natalia",
  "karolina",
  "dorota",
  "beata",
  "justyna",
  "paulina",
  "marta",
  "alicja",
  "iwona",
  "kinga",
  "weronika",
  "oliwia",
  "renata",
  "sylwia",
  "urszula"
] as const

const men = [
  "piotr",
  "krzysztof",
  "andrzej",
  "tomasz",
  "pawel",
  "jan",
  "michal",
  "marcin",
  "jakub",
  "adam",
  "lukasz",
  "grzegorz",
  "mateusz",
  "wojciech",
  "mariusz",
  "dariusz",
  "kamil",
  "rafal",
  "szymon",
  "bartosz",
  "maciej",
  "filip",
  "robert",
  "antoni"
] as const

const surnames = [
  "nowak",
  "kowalski",
  "wisniewski",
  "wojcik",
  "kowalczyk",
  "kaminski",
  "lewandowski",
  "zielinski",
  "szymanski",
  "wozniak",
  "dabrowski",
  "kozlowski",
  "mazur",
  "jankowski",
  "kwiatkowski",
  "wojciechowski",
  "krawczyk",
  "kaczmarek",
  "piotrowski",
  "grabowski",
  "zajac",
  "pawlowski",
  "krol",
  "michalski",
  "wrobel",
  "wieczorek",
  "jablonski",
  "majewski",
  "olszewski",
  "stepien",
  "dudek",
  "malinowski",
  "adamczyk",
  "pawlak",
  "sikora",
  "walczak",
  "baran",
  "rutkowski",
  "ostrowski",
  "tomaszewski",
  "zalewski",
  "wroblewski",
  "jasinski",
  "marciniak",
  "bak",
  "zawadzki",
  "sadowski",
  "duda",
  "chmielewski",
  "wlodarczyk",
  "borkowski",
  "czarnecki",
  "sokolowski",
  "urbanski",
  "kubiak",
  "maciejewski"
] as const
