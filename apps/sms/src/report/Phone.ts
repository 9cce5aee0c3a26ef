import { SmsLog } from "@spoor/domain"
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max"
import { Option, Schema } from "effect"

const decode = Schema.decodeUnknownOption(SmsLog.Phone)

/**
 * A phone number as a gateway writes it, in E.164; null where it cannot be told.
 *
 * Gateways leave out the plus: ten digits and more are tried with it first, then as a number of the gateway's country.
 * *Source*: gateways.md R26.
 */
export const parse = (written: string, country: string | null): SmsLog.Phone | null => {
  const plain = written.replace(/^tel:/iu, "").replace(/[\s().-]/gu, "")
  const international = plain.replace(/^00(?=[1-9])/u, "+")
  if (international.startsWith("+")) return possible(international)
  if (!/^\d{3,15}$/u.test(plain)) return null
  const known = plain.length >= 10 ? valid(`+${plain}`) : null
  return (
    known ?? (country === null ? null : national(plain, country)) ?? (plain.length >= 10 ? possible(`+${plain}`) : null)
  )
}

const valid = (number: string): SmsLog.Phone | null => {
  const read = parsePhoneNumberFromString(number)
  return read?.isValid() === true ? branded(read.number) : null
}

const possible = (number: string): SmsLog.Phone | null => {
  const read = parsePhoneNumberFromString(number)
  return read?.isPossible() === true ? branded(read.number) : null
}

const national = (digits: string, country: string): SmsLog.Phone | null => {
  if (!isSupportedCountry(country)) return null
  const read = parsePhoneNumberFromString(digits, country)
  return read?.isPossible() === true ? branded(read.number) : null
}

const branded = (number: string): SmsLog.Phone | null => Option.getOrNull(decode(number))
