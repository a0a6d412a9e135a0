// What lies under the pins: the outline in the colours of the theme, and the operator's tiles over it.
import { feature } from "topojson-client";
import type { Map as BaseMap, StyleSpecification } from "maplibre-gl/dist/maplibre-gl-csp.js";
import type { Streets } from "./archive";
import outlineAddress from "world-atlas/countries-50m.json?url";

/** An XYZ address with `{z}`, that of a MapLibre style, or of a PMTiles file; the server writes it into the page. */
export const mapSource = () => document.querySelector<HTMLMetaElement>('meta[name="campo-map-source"]')?.content ?? "";

const OUTLINE = "Natural Earth";
const isArchive = (source: string) => new URL(source.replaceAll(/[{}]/g, ""), location.href).pathname.endsWith(".pmtiles") || source.startsWith("/");

/** Attributions are written as HTML; whoever wrote them gets none of it into the page. */
export const plain = (html: string) => (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "").trim().slice(0, 200);

let outline: Promise<GeoJSON.GeoJSON> | null = null;

async function readOutline(): Promise<GeoJSON.GeoJSON> {
    const topology = await (await fetch(outlineAddress)).json();
    return feature(topology, topology.objects.countries) as unknown as GeoJSON.GeoJSON;
}

const colour = (name: string) => getComputedStyle(document.querySelector(".map") ?? document.body).getPropertyValue(name);

/** A colour as the theme has it now: `light-dark()` is not what a canvas understands. */
function resolved(name: string): string {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value || colour(name);
}

/** Draws what lies under the pins; answers whose work it is. */
export async function drawStyle(map: BaseMap): Promise<string> {
    const source = mapSource();
    const host = () => new URL(source.replaceAll(/[{}]/g, ""), location.href).hostname;
    if (source && !source.includes("{z}") && !isArchive(source)) {
        map.setStyle(source);
        await map.once("idle");
        const said = Object.keys(map.getStyle().sources).map((id) => plain((map.getSource(id) as { attribution?: string } | undefined)?.attribution ?? ""));
        return [...new Set([...said, host()])].filter(Boolean).join(" · ");
    }
    outline ??= readOutline();
    const world = await outline;
    const streets = source ? await streetsFrom(source) : undefined;
    const style: StyleSpecification = {
        version: 8,
        sources: { world: { type: "geojson", data: world }, ...(streets ? { streets: streets.source } : {}) },
        layers: [
            { id: "water", type: "background", paint: { "background-color": resolved("--map-water") } },
            { id: "land", type: "fill", source: "world", paint: { "fill-color": resolved("--map-land"), "fill-antialias": false } },
            { id: "borders", type: "line", source: "world", paint: { "line-color": resolved("--line-control"), "line-width": 0.7 } },
            ...(streets?.layers ?? []),
        ],
    };
    try {
        map.setStyle(style, { diff: true });
    } catch {
        // The map was taken away while the outline was on its way.
    }
    return [streets && (streets.attribution || host()), OUTLINE].filter(Boolean).join(" · ");
}

/** Streets that cannot be read leave the outline, which needs nothing of anybody. */
async function streetsFrom(source: string): Promise<Streets | undefined> {
    if (!isArchive(source)) return { source: { type: "raster", tiles: [source], tileSize: 256, maxzoom: 19 }, layers: [{ id: "tiles", type: "raster", source: "streets" }], attribution: "" };
    try {
        const { streetsOf } = await import("./archive");
        return await streetsOf(new URL(source, location.href).href, resolved);
    } catch {
        return undefined;
    }
}
