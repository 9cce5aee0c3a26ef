/** One term of the filter in force. *Shape*: `param` is its parameter in the address, "-" before a negated one. */
export interface Chip {
  readonly param: string
  readonly label: string
  readonly isNegated: boolean
  readonly value: string
}

/** A value of a closed field. *Shape*: `label` is what it means, "" where its name says all. */
export interface Choice {
  readonly value: string
  readonly label: string
}

/** A field that a log can be filtered by. *Shape*: `choices` are those of a closed field, null where any may be typed. */
export interface Menu {
  readonly name: string
  readonly label: string
  readonly choices: ReadonlyArray<Choice> | null
  readonly example: string
}

/** What the filter bar shows. *Shape*: `range` null stands for all time; `from` and `to` as they were typed. */
export interface FilterView {
  readonly problem: string | null
  readonly chips: ReadonlyArray<Chip>
  readonly menus: ReadonlyArray<Menu>
  readonly range: {
    readonly label: string
    readonly preset: string | null
    readonly from: string
    readonly to: string
    /** Where it is not the unit's. */
    readonly zone: string | null
  } | null
  readonly presets: ReadonlyArray<{ readonly value: string; readonly label: string }>
}

/** How often the values of a field occur. *Shape*: with `isMore` each at least so often, and the unnamed perhaps, too. */
export interface FacetView {
  readonly values: ReadonlyArray<{ readonly value: string; readonly count: number }>
  readonly isMore: boolean
}

/** By the field's name. */
export type FacetsView = Readonly<Record<string, FacetView>>
