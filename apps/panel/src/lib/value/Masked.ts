/** What stands for something that a reader's role does not let them see. */
export const mark = "•••"

/** Whether a value is hidden from the reader, in whole or in part, so that nothing can be asked by it. */
export const isMasked = (value: string): boolean => value.includes(mark)
