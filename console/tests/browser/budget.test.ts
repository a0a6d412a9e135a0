// What the first load weighs, as a browser is sent it.
import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";

type Chunk = { file: string; isEntry?: boolean; imports?: string[]; css?: string[]; src?: string };

const dist = new URL("../../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8")) as Record<string, Chunk>;

/** A chunk with everything that it cannot do without. */
function needed(key: string, found = new Set<string>()): Set<string> {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`no chunk ${key}`);
    found.add(chunk.file);
    for (const css of chunk.css ?? []) found.add(css);
    for (const next of chunk.imports ?? []) if (!found.has(manifest[next]?.file ?? "")) needed(next, found);
    return found;
}

const kilobytes = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + statSync(new URL(/\.(js|css)$/.test(file) ? `${file}.gz` : file, dist)).size, 0) / 1000;

test("the first load of the board, without the map, is at most 300 KB gzip", () => {
    const files = new Set<string>();
    for (const key of ["index.html", "src/features/despacho/Board.tsx", "src/locales/es.ts", "src/features/despacho/locales/es.ts"]) needed(key, files);
    const weight = kilobytes(files);
    console.log(`first load: ${weight.toFixed(1)} KB gzip in ${files.size} files`);
    expect(weight).toBeLessThanOrEqual(300);
    expect([...files].some((file) => file.includes("MapView"))).toBe(false);
});
