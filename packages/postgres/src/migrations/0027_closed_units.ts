/** When a business unit was closed; null while it is open (ADR 0049). */
export const closedUnits = /* sql */ `
alter table business_unit add column closed_at timestamptz(3);
`
