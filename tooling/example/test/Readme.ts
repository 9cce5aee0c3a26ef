/**
 * The programs of a README: its ts blocks, of which one that begins with an import begins a program. What stands in
 * `// =>` behind or below an expression becomes a comparison.
 */
export const programs = (readme: string): ReadonlyArray<string> => {
  const blocks = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = ""]) => code)
  return blocks.reduce<ReadonlyArray<string>>(
    (programs, block) =>
      block.startsWith("import ")
        ? [...programs, prelude + compared(block)]
        : [...programs.slice(0, -1), `${programs.at(-1) ?? prelude}\n${compared(block)}`],
    []
  )
}

/** Values are compared as JSON, in which a no-break space, which cannot be seen in a README, is a space. */
const prelude = `import { deepStrictEqual } from "node:assert"
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll("\\u00a0", " "))
`

const compared = (block: string): string =>
  block.replaceAll(/^(?!\/\/)(\S.*?)\s*\/\/ => (.+)$/gm, "deepStrictEqual(plain($1), $2)")
