import { paraglideVitePlugin } from "@inlang/paraglide-js"
import adapter from "@sveltejs/adapter-node"
import { sveltekit } from "@sveltejs/kit/vite"
import tailwindcss from "@tailwindcss/vite"
import { defaultClientConditions, defaultServerConditions, defineConfig } from "vite"

export default defineConfig({
  resolve: { conditions: ["@spoor/source", ...defaultClientConditions] },
  ssr: { resolve: { conditions: ["@spoor/source", ...defaultServerConditions], externalConditions: ["node"] } },
  plugins: [
    tailwindcss(),
    sveltekit({
      adapter: adapter({ precompress: true }),
      compilerOptions: { runes: true },
      // Kit adds a nonce per response for its own inline script; nothing else may run, and no inline style applies.
      csp: {
        mode: "auto",
        directives: {
          "default-src": ["self"],
          "script-src": ["self"],
          "style-src": ["self"],
          // The one style attribute there is: it hides Kit's own announcer of page titles (its root.svelte).
          "style-src-attr": ["unsafe-hashes", "sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo="],
          "img-src": ["self", "data:"],
          "font-src": ["self"],
          "connect-src": ["self"],
          "object-src": ["none"],
          "base-uri": ["self"],
          "form-action": ["self"],
          "frame-ancestors": ["none"]
        }
      }
    }),
    paraglideVitePlugin({
      project: "./project.inlang",
      outdir: "./src/lib/paraglide",
      strategy: ["cookie", "preferredLanguage", "baseLocale"]
    })
  ]
})
