import { isFields } from "./Text.ts"

/**
 * Hears every push to the data layer, also those made before the tracker came. The array stays the shop's own: other
 * listeners (tag managers wrap `push` too) are called as before, and first.
 */
export const listen = (name: string, hear: (push: unknown) => void): void => {
  const found: unknown = Reflect.get(window, name)
  const layer: Array<unknown> = Array.isArray(found) ? found : []
  if (layer !== found) Reflect.set(window, name, layer)
  const original = layer.push
  layer.push = (...pushed) => {
    const length = original.apply(layer, pushed)
    for (const push of pushed) hear(push)
    return length
  }
  for (const push of layer.filter(isFields)) hear(push)
}
