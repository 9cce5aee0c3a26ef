import Activity from "@lucide/svelte/icons/activity"
import MessageSquareWarning from "@lucide/svelte/icons/message-square-warning"
import MousePointerClick from "@lucide/svelte/icons/mouse-pointer-click"
import UserRoundCog from "@lucide/svelte/icons/user-round-cog"
import Webhook from "@lucide/svelte/icons/webhook"
import * as m from "#lib/paraglide/messages.js"

/** The five logs, in the order of the navigation. `key` follows "g" on the keyboard. */
export const logs = [
  { area: "panel", path: "/panel-log", key: "p", icon: UserRoundCog, name: m.panel_log, short: m.panel_log_short },
  { area: "activity", path: "/activity", key: "a", icon: MousePointerClick, name: m.activity, short: m.activity_short },
  {
    area: "session-events",
    path: "/session-events",
    key: "s",
    icon: Activity,
    name: m.session_events,
    short: m.session_events_short
  },
  { area: "api", path: "/api-log", key: "i", icon: Webhook, name: m.api_log, short: m.api_log_short },
  { area: "sms", path: "/sms-log", key: "m", icon: MessageSquareWarning, name: m.sms_log, short: m.sms_log_short }
] as const
