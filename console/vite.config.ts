import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compress } from "./scripts/compress.ts";

const server = process.env.CONSOLE_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
    plugins: [react({ babel: { plugins: ["@lingui/babel-plugin-lingui-macro"] } }), compress()],
    resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
    build: {
        target: "es2022",
        // A data: address would need a hole in the content security policy.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        // What each address of the first load weighs is measured by a test.
        manifest: true,
        // One request for the icons that pages share, instead of one each
        rolldownOptions: { output: { codeSplitting: { groups: [{ name: "icons", test: /lucide-react/, minShareCount: 2 }] } } },
    },
    server: { port: 5173, proxy: { "/v1": { target: server, changeOrigin: true }, "/problems": server, "/services": server, "/referencia": server, "/reference": server } },
    preview: { proxy: { "/v1": { target: server, changeOrigin: true }, "/problems": server, "/services": server, "/referencia": server, "/reference": server } },
    test: {
        projects: [
            { extends: true, test: { name: "unit", include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" } },
            {
                extends: true,
                test: {
                    name: "browser",
                    include: ["tests/browser/**/*.test.ts"],
                    environment: "node",
                    globalSetup: ["tests/browser/setup.ts"],
                    // One server and one browser serve all files, so files run one after the other.
                    fileParallelism: false,
                    testTimeout: 60_000,
                    hookTimeout: 180_000,
                },
            },
        ],
    },
});
