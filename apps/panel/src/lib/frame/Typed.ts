type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/**
 * Keeps what somebody typed or chose before the page's script came: hydrating sets every field to what the server sent. Call it
 * when hydrating begins, and the function it returns when it has ended.
 */
export const keepTyped = (): (() => void) => {
  const putBack = [...document.querySelectorAll<Field>("input, textarea, select")].flatMap(putBackOf)
  return () => {
    for (const put of putBack) put()
  }
}

const putBackOf = (field: Field): ReadonlyArray<() => void> => {
  const { value } = field
  if (field instanceof HTMLSelectElement) {
    const isChosen = [...field.options].some(({ selected, defaultSelected }) => selected && !defaultSelected)
    return isChosen ? [() => (field.value = value)] : []
  }
  if (field instanceof HTMLInputElement && field.checked !== field.defaultChecked) {
    const { checked } = field
    return [() => (field.checked = checked)]
  }
  return value === field.defaultValue ? [] : [() => (field.value = value)]
}
