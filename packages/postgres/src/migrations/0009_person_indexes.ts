/**
 * What leads from a phone to a customer, and from a customer or an order to the requests that were about them. Only such
 * requests are in the second index; addresses are cut, because they may be longer than an index takes.
 */
export const personIndexes = /* sql */ `
create index customer_phone on customer (unit_id, phone) where phone is not null;
create index api_log_subject on api_log (unit_id, left(url, 400) collate "C", occurred_at desc, id desc)
  where url ^@ '/customers/' or url ^@ '/orders/';
`
