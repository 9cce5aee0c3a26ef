import { Record } from "effect"

/**
 * The commands that we read and write.
 *
 * *Source*: SMPP 3.4, 5.1.2.1 (https://smpp.org/SMPP_v3_4_Issue1_2.pdf#page=110).
 */
export const ids = {
  bind_receiver: 0x0000_0001,
  bind_receiver_resp: 0x8000_0001,
  bind_transmitter: 0x0000_0002,
  bind_transmitter_resp: 0x8000_0002,
  submit_sm: 0x0000_0004,
  submit_sm_resp: 0x8000_0004,
  deliver_sm: 0x0000_0005,
  deliver_sm_resp: 0x8000_0005,
  unbind: 0x0000_0006,
  unbind_resp: 0x8000_0006,
  bind_transceiver: 0x0000_0009,
  bind_transceiver_resp: 0x8000_0009,
  enquire_link: 0x0000_0015,
  enquire_link_resp: 0x8000_0015,
  data_sm: 0x0000_0103,
  data_sm_resp: 0x8000_0103,
  generic_nack: 0x8000_0000
} as const
export type Command = keyof typeof ids

const commands: ReadonlyMap<number, Command> = new Map(
  Record.toEntries(ids).map(([command, id]): [number, Command] => [id, command])
)

/** The command of an id, if it is one of ours. */
export const ofId = (id: number): Command | undefined => commands.get(id)

/** Whether an id is that of an answer, known or not. */
export const isAnswer = (id: number): boolean => id >= 0x8000_0000

/**
 * The few values of `command_status` that a session itself says or understands; what all of them mean to a message is
 * the domain's.
 *
 * *Source*: SMPP 3.4, 5.1.3.
 */
export const status = {
  ok: 0x00,
  badLength: 0x02,
  unknownCommand: 0x03,
  notInThisState: 0x04,
  bindFailed: 0x0d,
  badPassword: 0x0e,
  badSystemId: 0x0f,
  temporarilyRefused: 0x64
} as const
