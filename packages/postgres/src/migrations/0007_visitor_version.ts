/**
 * Which transaction held a visitor last, and which one before it. Whoever remembers a visitor from the transaction before
 * knows that nothing of the visitor has changed since. 0 is before a visitor's first.
 */
export const visitorVersion = /* sql */ `
alter table visitor add column version xid8, add column version_before xid8;
`
