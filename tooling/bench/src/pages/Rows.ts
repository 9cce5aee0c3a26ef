/** *Shape*: the same seed and number make the same rows. */
export interface Shape {
  readonly rows: number
  readonly seed: number
}

/** Events of a session. */
const sessionEvents = 5

/** So many sessions go on at the same time. */
const besides = 100

/** A number from 0 to below 1 that follows from `of`. */
const chance = (of: string, salt: number, seed: number): string =>
  `((hashint8extended(${of}, ${salt + seed * 100}) & 4294967295) / 4294967296.0::float8)`

const uuid = (of: string): string => `md5(${of})::uuid::text`

/** Half a year that ended an hour before the present. */
const time = (place: string, rows: number): string =>
  `now() - interval '1 hour' - (${rows} - (${place})) * interval '180 days' / ${rows}`

/** Rare values have ten rows each, whatever the number of all. */
const isRare = (place: string, rows: number, rest: number): string =>
  `(${place}) % ${Math.max(1, Math.floor(rows / 10))} = ${rest}`

/**
 * Sessions as the worker keeps them. A third has an e-mail, of which the most frequent has some hundred at ten million rows, the most
 * frequent visitor has 1 % of all, the last of a visitor has no end reason, and the newest thousandth is active for good.
 */
export const sessions = (unitId: number, { rows, seed }: Shape): string => {
  const count = Math.floor(rows / sessionEvents)
  const first = `s / ${besides} * ${besides * sessionEvents} + s % ${besides}`
  return `
  insert into session (unit_id, no, site_id, id, visitor_id, email, started_at, ended_at, closed_at, ended_by, event_count,
    product_view_count, products_viewed, landing_url, device)
  overriding system value
  select ${unitId}, s + 1, site, site || ':' || ${uuid(`'e' || (${first})`)}, ${uuid("'v' || visitor")}, email, started_at, ended_at,
    case when s >= ${Math.floor(count * 0.999)} then 'infinity' else ended_at + interval '30 minutes' end,
    case when ${chance("s", 4, seed)} < 0.6 and s < ${Math.floor(count * 0.999)} then 'inactivity'::session_end_reason end,
    ${sessionEvents}, 2, 2, 'https://shop.example/', 'desktop'
  from (
    select s, floor(power(${chance("s", 1, seed)}, 3) * ${Math.ceil(count / 2)})::bigint as visitor,
      case when s % ${Math.max(1, Math.floor(count / 2))} = 5 then 'tiny' when ${chance("s", 2, seed)} < 0.1 then 'outlet' else 'shop' end as site,
      case when ${chance("s", 3, seed)} < 0.3 then (
        select ('{anna,jan,ewa,piotr,maria,adam,zofia,marek,julia,pawel,hanna,tomek,lena,filip,alicja,igor,nina,oskar,pola,borys}'
          ::text[])[1 + who % 20] || '.' || (who * 7919) % 1000000 || '@' || ('{example.pl,mail.example,poczta.example}'::text[])[1 + who % 3]
        from (select floor(power(${chance("s", 5, seed)}, 1.5) * ${Math.ceil(count / 5)})::bigint as who) as person) end as email,
      ${time(first, rows)} as started_at, ${time(`${first} + ${besides * (sessionEvents - 1)}`, rows)} as ended_at
    from generate_series(0::bigint, ${count - 1}) as s) as session`
}

/** Every fifth row of a page of `besides` sessions is of the same one; the newest row comes last. */
export const activities = (unitId: number, { rows, seed }: Shape): string => {
  const session = `i / ${besides * sessionEvents} * ${besides} + i % ${besides}`
  const kind = chance("i", 6, seed)
  return `
  insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, client_at, received_at, stored_at,
    sequence, email, url, title, device, product, cart, order_id, order_value, order_currency)
  select ${unitId}, session.site_id, ${uuid("'e' || i")}, session.visitor_id, session.no, type, at, at, at, at,
    i % ${besides * sessionEvents} / ${besides}, null,
    case when ${isRare("i", rows, 3)} then 'https://shop.example/landing/rare'
      when product is not null then 'https://shop.example/products/' || product ||
        case when i % 5 = 0 then '?utm_source=newsletter&utm_campaign=' || i % 40 else '' end
      when type = 'VisitOnWebsite' and ${kind} < 0.2 then 'https://shop.example/'
      when type = 'VisitOnWebsite' then 'https://shop.example/category/' || i % 300
      else 'https://shop.example/cart' end,
    case when product is not null then 'Product number ' || product else 'The shop of the bench' end, 'desktop',
    case when product is not null then jsonb_build_object('id', 'p-' || product, 'name', 'Mug ' || product, 'price', 1999) end,
    case when type = 'ModifyCart' then jsonb_build_object('items', jsonb_build_array(jsonb_build_object('id', 'p-1', 'name', 'Mug',
      'quantity', 1, 'unitPrice', 1999)), 'currency', 'PLN') end,
    case when type = 'VisitOnSalePage' then 'O-' || i end, case when type = 'VisitOnSalePage' then 1999 end,
    case when type = 'VisitOnSalePage' then 'PLN' end
  from (
    select i, type, ${time("i", rows)} as at,
      case when type = 'VisitOnProductPage' then floor(power(${chance("i", 7, seed)}, 2) * 20000)::bigint end as product
    from generate_series(0::bigint, ${rows - 1}) as i
    cross join lateral (select (case
      when ${isRare("i", rows, 7)} then 'VisitOnLoginPage' when ${kind} < 0.5 then 'VisitOnWebsite' when ${kind} < 0.94 then 'VisitOnProductPage'
      when ${kind} < 0.99 or ${chance(session, 2, seed)} < 0.1 or (${session}) % ${Math.max(1, Math.floor(rows / sessionEvents / 2))} = 5 then 'ModifyCart'
      else 'VisitOnSalePage' end)::activity_type as type) as kind) as event
  join session on session.unit_id = ${unitId} and session.no = ${session} + 1
  order by i`
}

export const visitors = (unitId: number): string => `
  insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at)
  select unit_id, site_id, visitor_id, min(started_at), max(ended_at) from session where unit_id = ${unitId} group by 1, 2, 3`
