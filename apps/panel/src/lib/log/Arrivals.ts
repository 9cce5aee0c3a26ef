/** What every row of a list has. */
export interface Listed {
  readonly id: number
  readonly occurredAt: number
}

/** A page that is left open all day must not grow all day. */
export const rowsMax = 200

/** Two lists of rows as one, the newest first, each row once; what is told of a row last counts. */
export const merged = <Row extends Listed>(
  arrived: ReadonlyArray<Row>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<Row> => {
  if (arrived.length === 0) return rows
  const known = new Set(arrived.map(({ id }) => id))
  return [...arrived, ...rows.filter(({ id }) => !known.has(id))]
    .sort((a, b) => b.occurredAt - a.occurredAt || b.id - a.id)
    .slice(0, rowsMax)
}

/**
 * A page of rows with what has come in since. A row that happened before the last one of the page belongs to an older page, if there
 * is one.
 */
export const onPage = <Row extends Listed>(
  arrived: ReadonlyArray<Row>,
  rows: ReadonlyArray<Row>,
  hasOlder: boolean
): ReadonlyArray<Row> => {
  const last = rows.at(-1)
  const isHere = (row: Row) => !hasOlder || last === undefined || row.occurredAt >= last.occurredAt
  return merged(arrived.filter(isHere), rows)
}
