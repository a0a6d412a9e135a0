// What lies under the pins: the outline in the colours of the theme, and the operator's tiles over it.
import { feature } from "topojson-client";
import type { Map as BaseMap, StyleSpecification } from "maplibre-gl/dist/maplibre-gl-csp.js";
import outlineAddress from "world-atlas/countries-50m.json?url";

/** An XYZ address with `{z}`, or that of a MapLibre style; the server writes it into the page. */
export const mapSource = () => document.querySelector<HTMLMetaElement>('meta[name="campo-map-source"]')?.content ?? "";

export const attribution = () => (mapSource() ? `${new URL(mapSource().replaceAll(/[{}]/g, "")).hostname} · Natural Earth` : "Natural Earth");

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

export async function drawStyle(map: BaseMap): Promise<void> {
    const source = mapSource();
    if (source && !source.includes("{z}")) {
        map.setStyle(source);
        return;
    }
    outline ??= readOutline();
    const world = await outline;
    const style: StyleSpecification = {
        version: 8,
        sources: { world: { type: "geojson", data: world }, ...(source ? { tiles: { type: "raster", tiles: [source], tileSize: 256, maxzoom: 19 } } : {}) },
        layers: [
            { id: "water", type: "background", paint: { "background-color": resolved("--map-water") } },
            { id: "land", type: "fill", source: "world", paint: { "fill-color": resolved("--map-land"), "fill-antialias": false } },
            { id: "borders", type: "line", source: "world", paint: { "line-color": resolved("--line-control"), "line-width": 0.7 } },
            ...(source ? [{ id: "tiles", type: "raster" as const, source: "tiles" }] : []),
        ],
    };
    try {
        map.setStyle(style, { diff: true });
    } catch {
        // The map was taken away while the outline was on its way.
    }
}
