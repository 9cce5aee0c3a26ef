const zloty = new Intl.NumberFormat("pl-PL", { style: "currency", currency: "PLN", minimumFractionDigits: 2 })

/** Grosze as a Polish price tag: 6900 is "69,00 zł". */
export const format = (grosze: number): string => zloty.format(grosze / 100)

/** Grosze in GA4's major units. */
export const toMajor = (grosze: number): number => grosze / 100
