import { type Settings, urlOf } from "./config.ts"
import type { Part } from "./Part.ts"
import type { Secrets } from "./Secrets.ts"
import type { History } from "./Demo.ts"
import * as Gateways from "./Gateways.ts"

/** The doors and the worker, in one process. */
export const ingest = (settings: Settings, databaseUrl: string): Part => ({
  name: "ingest",
  entry: "apps/ingest/dist/main.js",
  env: {
    ...everywhere(settings),
    DATABASE_URL: databaseUrl,
    SPOOR_INGEST_PORT: String(settings.ingestPort),
    SPOOR_LOG_FORMAT: settings.logFormat,
    SPOOR_PANEL_PUBLIC_URL: urlOf(settings, settings.panelPort)
  },
  health: `${urlOf(settings, settings.ingestPort)}/readyz`
})

/** The doors of SMS gateways, and our connections to those that have none. */
export const sms = (settings: Settings, databaseUrl: string, secrets: Secrets): Part => ({
  name: "sms",
  entry: "apps/sms/dist/main.js",
  env: {
    ...everywhere(settings),
    DATABASE_URL: databaseUrl,
    SPOOR_SMS_PORT: String(settings.smsPort),
    [`SPOOR_SMS_SECRET_${Gateways.SECRET}`]: secrets.smsSecret,
    SPOOR_LOG_FORMAT: settings.logFormat
  },
  health: `${urlOf(settings, settings.smsPort)}/readyz`
})

export const panel = (settings: Settings, databaseUrl: string): Part => ({
  name: "panel",
  entry: "apps/panel/server.js",
  env: {
    ...everywhere(settings),
    DATABASE_URL: databaseUrl,
    SPOOR_PANEL_PORT: String(settings.panelPort),
    SPOOR_INGEST_PUBLIC_URL: urlOf(settings, settings.ingestPort),
    SPOOR_LOG_FORMAT: settings.logFormat
  },
  health: `${urlOf(settings, settings.panelPort)}/readyz`
})

/** The demo shop, its visitors and its history: it knows the public door and its keys, never the database. */
export const shop = (settings: Settings, secrets: Secrets, history: History, smscPort: number): Part => ({
  name: "shop",
  entry: "tooling/demo/dist/main.js",
  env: {
    ...everywhere(settings),
    SPOOR_SHOP_PORT: String(settings.shopPort),
    SPOOR_DEMO_INGEST_URL: urlOf(settings, settings.ingestPort),
    SPOOR_DEMO_WRITE_KEY: secrets.browserKey,
    SPOOR_DEMO_SERVER_KEY: secrets.serverKey,
    SPOOR_DEMO_API_KEY: secrets.apiKey,
    SPOOR_DEMO_SMS_URL: urlOf(settings, settings.smsPort),
    SPOOR_DEMO_SMSC_PORT: String(smscPort),
    SPOOR_DEMO_SMS_SECRET: secrets.smsSecret,
    ...(history.isDue && { SPOOR_DEMO_HISTORY_UNTIL: String(history.until) })
  },
  health: `${shopUrl(settings)}/healthz`
})

export const shopUrl = (settings: Settings) => urlOf(settings, settings.shopPort)

const everywhere = ({ home, host }: Settings) => ({ SPOOR_HOME: home, SPOOR_HOST: host })
