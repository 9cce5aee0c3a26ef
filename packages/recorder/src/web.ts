/**
 * The same response, which says when it is over: `onEnd` hears whether it was sent to its end.
 *
 * A response whose length is known is whole in memory and over as soon as it is handed on; only one that is streamed is
 * wrapped, which costs a copy of its head. `isRead` is whether anybody is going to read the body: after HEAD nobody does.
 */
export const watched = (response: Response, isRead: boolean, onEnd: (isWhole: boolean) => void): Response => {
  const { body } = response
  if (!isRead || body === null || body.locked || response.headers.has("content-length")) {
    onEnd(true)
    return response
  }
  const reader = body.getReader()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      const { done, value } = await reader.read()
      if (!done) return controller.enqueue(value)
      onEnd(true)
      controller.close()
    } catch (error) {
      onEnd(false)
      controller.error(error)
    }
  }
  const cancel = (reason: unknown): Promise<void> => {
    onEnd(false)
    return reader.cancel(reason)
  }
  // Nothing is read before it is asked for, as without us.
  return new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), response)
}
