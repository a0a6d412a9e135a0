export type PlacesSearch = { q?: string; padre?: string; lugar?: string; editar?: boolean; vista?: "lista" | "mapa" };

/** Reads what stands in an address, whoever wrote it. */
export function readSearch(raw: Record<string, unknown>): PlacesSearch {
    const text = (key: string) => (typeof raw[key] === "string" && raw[key] !== "" ? raw[key].slice(0, 200) : typeof raw[key] === "number" ? String(raw[key]) : undefined);
    const read: PlacesSearch = { q: text("q"), padre: text("padre"), lugar: text("lugar"), editar: raw.editar === true || undefined, vista: raw.vista === "mapa" ? "mapa" : undefined };
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}
