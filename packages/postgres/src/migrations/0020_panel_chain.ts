/**
 * The chain of each unit's panel log, by which any later change of a row shows (ADR 0044).
 *
 * A link holds digests only. What names nobody is digested as it is; what may name somebody with a salt of its own, which is
 * forgotten when the person is: the digest then tells nothing, and the chain stays whole.
 */
export const panelChain = /* sql */ `
create table panel_log_chain (
  unit_id integer not null primary key,
  seq bigint not null,
  link bytea not null
);

-- seq: counted from 1 without gaps. facts: of what names nobody. who: of the user's e-mail and IP address.
create table panel_log_link (
  unit_id integer not null,
  seq bigint not null,
  row_id bigint not null,
  occurred_at timestamptz(3) not null,
  facts bytea not null,
  who_salt bytea,
  who bytea not null,
  url_salt bytea,
  url bytea not null,
  agent_salt bytea,
  agent bytea not null,
  link bytea not null,
  primary key (unit_id, seq),
  unique (unit_id, row_id)
);

create function panel_log_facts(id bigint, item_id text, occurred_at timestamptz, method text, status smallint,
  user_id text, request_id text, processing_ms double precision)
returns bytea language sql stable parallel safe as $$
  select sha256(int8send(id) || timestamptz_send(occurred_at) || int2send(status) || float8send(processing_ms) ||
    convert_to(row(item_id, method, user_id, request_id)::text, 'UTF8'))
$$;

create function panel_log_seal(salt bytea, said text) returns bytea language sql stable parallel safe as $$
  select sha256(salt || convert_to(coalesce('=' || said, ''), 'UTF8'))
$$;

create function panel_log_join(before bytea, seq bigint, facts bytea, who bytea, url bytea, agent bytea)
returns bytea language sql stable parallel safe as $$
  select sha256(before || int8send(seq) || facts || who || url || agent)
$$;

-- Adds rows to the end of their unit's chain, in the order of their IDs. Whoever adds holds the chain until they commit.
create function link_panel_log(unit integer, ids bigint[]) returns void language plpgsql as $$
declare
  chain panel_log_chain;
  found record;
  salts bytea[];
  facts bytea;
  seals bytea[];
begin
  insert into panel_log_chain as known values (unit, 0, ''::bytea)
    on conflict (unit_id) do update set seq = known.seq returning * into chain;
  for found in select * from panel_log where unit_id = unit and id = any(ids) order by id loop
    salts := array[uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid())];
    facts := panel_log_facts(found.id, found.item_id, found.occurred_at, found.method, found.status, found.user_id,
      found.request_id, found.processing_ms);
    seals := array[panel_log_seal(salts[1], row(found.user_email, found.ip)::text),
      panel_log_seal(salts[2], found.url), panel_log_seal(salts[3], found.user_agent)];
    chain.seq := chain.seq + 1;
    chain.link := panel_log_join(chain.link, chain.seq, facts, seals[1], seals[2], seals[3]);
    insert into panel_log_link values (unit, chain.seq, found.id, found.occurred_at, facts, salts[1], seals[1], salts[2],
      seals[2], salts[3], seals[3], chain.link);
  end loop;
  update panel_log_chain set seq = chain.seq, link = chain.link where unit_id = unit;
end $$;

select link_panel_log(unit_id, array_agg(id)) from panel_log group by unit_id;
`
