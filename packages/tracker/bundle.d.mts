export declare const options: { readonly target: "es2019" }
export declare const bundle: () => Promise<string>
