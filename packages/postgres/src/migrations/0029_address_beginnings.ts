import type { Migration } from "../Upgrade.ts"

/**
 * Addresses by their first 200 characters, in the order of bytes, instead of by a number made of them: a beginning is a stretch
 * of the index, too (ADR 0052).
 */
export const addressBeginnings: Migration = {
  indexes: [
    `create index activity_url_next on activity (unit_id, left(url, 200) collate "C", site_id, type, occurred_at desc, id desc)`
  ],
  statements: /* sql */ `
drop index activity_url;
alter index activity_url_next rename to activity_url;
`
}
