// Writes beside each file of the build what a browser is sent: compressed once here, never by the server.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(html|js|css|svg|json|txt|webmanifest)$/;

function* files(folder: string): Generator<string> {
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) yield* files(path);
        else yield path;
    }
}

/** With how much memory it becomes the smallest differs from file to file. */
const gzipped = (content: Buffer) =>
    [6, 7, 8, 9].map((memLevel) => gzipSync(content, { level: 9, memLevel })).reduce((least, one) => (one.length < least.length ? one : least));

export function compress(): Plugin {
    let folder = "dist";
    return {
        name: "campo-compress",
        apply: "build",
        configResolved: (config) => {
            folder = join(config.root, config.build.outDir);
        },
        closeBundle: () => {
            for (const path of files(folder)) {
                if (!COMPRESSIBLE.test(path) || path.includes(".vite")) continue;
                const content = readFileSync(path);
                writeFileSync(`${path}.gz`, gzipped(content));
                writeFileSync(
                    `${path}.br`,
                    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
                );
            }
        },
    };
}
