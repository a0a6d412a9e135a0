// Street maps out of one PMTiles file, read part by part: from this server, or from the address that the operator named.
// Loaded only where there is such a file.
import maplibre, { type LayerSpecification, type SourceSpecification } from "maplibre-gl/dist/maplibre-gl-csp.js";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { streetLayers } from "./streets";
import { plain } from "./style";

export type Streets = { source: SourceSpecification; layers: LayerSpecification[]; attribution: string };

let protocol: Protocol | null = null;
const opened = new Map<string, PMTiles>();

/** What to draw of the file at this address, in the colours of the theme. */
export async function streetsOf(address: string, colour: (token: string) => string): Promise<Streets> {
    if (!protocol) {
        protocol = new Protocol();
        maplibre.addProtocol("pmtiles", protocol.tile);
    }
    let archive = opened.get(address);
    if (!archive) {
        archive = new PMTiles(address);
        opened.set(address, archive);
        protocol.add(archive);
    }
    const { tileType } = await archive.getHeader();
    const { attribution, vector_layers } = (await archive.getMetadata()) as { attribution?: unknown; vector_layers?: { id: string }[] };
    const url = `pmtiles://${address}`;
    const said = typeof attribution === "string" ? plain(attribution) : "";
    if (tileType === TileType.Mvt) {
        const known = new Set((vector_layers ?? []).map(({ id }) => id));
        return { source: { type: "vector", url }, layers: streetLayers(known, colour), attribution: said };
    }
    return { source: { type: "raster", url, tileSize: 256 }, layers: [{ id: "tiles", type: "raster", source: "streets" }], attribution: said };
}
