// How vector tiles are drawn: weak, under the pins. The two usual schemas are known, that of OpenMapTiles and that of
// Protomaps; of any other the lines are drawn, so that no file stays blank. Names are written by the browser's own fonts.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl/dist/maplibre-gl-csp.js";

type Drawn = Pick<LayerSpecification, "type" | "paint" | "layout" | "minzoom"> & { filter?: ExpressionSpecification };
type Colour = (token: string) => string;

const FONT = ["Inter Variable"];
const KIND: ExpressionSpecification = ["coalesce", ["get", "class"], ["get", "kind"], ""];
const NAME: ExpressionSpecification = ["coalesce", ["get", "name:es"], ["get", "name:latin"], ["get", "name"]];
const is = (...kinds: string[]): ExpressionSpecification => ["in", KIND, ["literal", kinds]];
const wide = (near: number, far: number): ExpressionSpecification => ["interpolate", ["exponential", 1.5], ["zoom"], 8, near, 18, far];

const GREEN = is("park", "forest", "wood", "grass", "nature_reserve", "protected_area", "cemetery", "pitch", "golf_course", "meadow", "scrub");
const LARGE = is("motorway", "trunk", "highway", "primary", "major_road");
const MIDDLE = is("secondary", "tertiary", "medium_road");

/** Only layers of a file that has them; from the bottom to the top. */
export function streetLayers(known: ReadonlySet<string>, colour: Colour): LayerSpecification[] {
    const layers: LayerSpecification[] = [];
    const add = (layer: string, one: Drawn) => {
        if (known.has(layer)) layers.push({ ...one, id: `${layer}-${layers.length}`, source: "streets", "source-layer": layer } as LayerSpecification);
    };
    const fill = (token: string) => ({ type: "fill" as const, paint: { "fill-color": colour(token), "fill-antialias": false } });
    const line = (token: string, width: ExpressionSpecification | number) => ({ type: "line" as const, layout: { "line-cap": "round" as const, "line-join": "round" as const }, paint: { "line-color": colour(token), "line-width": width } });
    const text = (size: number) => ({ type: "symbol" as const, paint: { "text-color": colour("--ink-2"), "text-halo-color": colour("--map-land"), "text-halo-width": 1.2 }, layout: { "text-field": NAME, "text-font": FONT, "text-size": size } });
    const area: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
    add("earth", { ...fill("--map-land"), filter: area });
    for (const layer of ["landcover", "landuse", "park"]) add(layer, { ...fill("--map-hill"), filter: layer === "park" ? area : ["all", area, GREEN] });
    add("water", { ...fill("--map-water"), filter: area });
    add("water", { ...line("--map-water", wide(0.6, 4)), filter: ["==", ["geometry-type"], "LineString"] });
    add("waterway", line("--map-water", wide(0.6, 4)));
    for (const layer of ["building", "buildings"]) add(layer, { ...fill("--map-block"), minzoom: 14 });
    for (const layer of ["transportation", "roads"]) {
        add(layer, { ...line("--map-road", wide(0.2, 8)), minzoom: 11, filter: ["!", ["any", LARGE, MIDDLE]] });
        add(layer, { ...line("--map-road", wide(0.5, 14)), filter: MIDDLE });
        add(layer, { ...line("--map-road", wide(0.9, 20)), filter: LARGE });
    }
    for (const layer of ["boundary", "boundaries"]) add(layer, line("--line-control", 0.7));
    for (const layer of ["transportation_name", "roads"]) add(layer, { ...text(11), minzoom: 13, layout: { ...text(11).layout, "symbol-placement": "line" } });
    for (const layer of ["place", "places"]) add(layer, { ...text(12), filter: ["!", is("continent")] });
    if (layers.length === 0) for (const layer of known) add(layer, line("--line-control", 0.7));
    return layers;
}
