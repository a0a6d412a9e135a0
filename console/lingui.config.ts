// Texts are written in Spanish where they are used; each feature holds its catalogues beside it.
import { formatter } from "@lingui/format-po";
import { defineConfig } from "@lingui/cli";

export default defineConfig({
    sourceLocale: "es",
    locales: ["es", "en"],
    catalogs: [
        { path: "src/locales/{locale}", include: ["src/app", "src/ui", "src/api"] },
        { path: "src/features/{name}/locales/{locale}", include: ["src/features/{name}"] },
    ],
    orderBy: "message",
    format: formatter({ lineNumbers: false, origins: false, printLinguiId: false }),
});
