export const warn = (message: string): void => console.warn(`Spoor: ${message}`)

/** The tracker is a guest: whatever goes wrong in it must not reach the shop's page. */
export const guard =
  <A extends ReadonlyArray<unknown>>(run: (...args: A) => void) =>
  (...args: A): void => {
    try {
      run(...args)
    } catch (error) {
      warn(String(error))
    }
  }
