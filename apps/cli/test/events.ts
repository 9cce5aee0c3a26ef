/** Events of visitors who look around and leave with a full cart, sorted by visitor. *Shape*: text in pieces of lines. */
export function* sortedEvents(count: number, itemsInCart: number): Generator<string> {
  const filling = Array.from({ length: itemsInCart }, (_, index) => ({
    id: `p${index}`,
    name: `Product ${index}`,
    quantity: 1,
    unitPrice: 2499
  }))
  let piece = ""
  for (let index = 0; index < count; index++) {
    const visitor = Math.floor(index / 12)
    const inVisit = index % 12
    const event = {
      id: `0199-${index.toString(16).padStart(8, "0")}-4d2e-9b1c-7c6f5e4d3c2b`,
      visitorId: `visitor-${visitor.toString(16).padStart(12, "0")}`,
      type: ["VisitOnWebsite", "VisitOnProductPage", "ModifyCart"][inVisit % 3],
      at: new Date(1_772_445_600_000 + inVisit * 400_000).toISOString(),
      ...(inVisit % 3 === 1 && { product: { id: `p${index % 500}`, name: "A product" } }),
      ...(inVisit % 3 === 2 && { cart: { currency: "PLN", items: filling } })
    }
    piece += `${JSON.stringify(event)}\n`
    if (piece.length < 65_536) continue
    yield piece
    piece = ""
  }
  yield piece
}
