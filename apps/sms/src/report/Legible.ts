/** Text from elsewhere as it may be kept: control characters are shown instead of being there, half characters as lost, and it ends somewhere. */
export const legible = (text: string, lengthMax: number): string =>
  text
    .slice(0, lengthMax)
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .slice(0, lengthMax)
    .toWellFormed()
