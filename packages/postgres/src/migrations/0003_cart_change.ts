/** A difference of a cart, as clients tell it that know no snapshots (ADR 0021): `{op, currency, item}`. */
export const cartChange = /* sql */ `
alter table activity add column cart_change jsonb;
`
