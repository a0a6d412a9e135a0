// Places on earth as people type and paste them.

export type Point = { latitude: number; longitude: number };

/** "4.6097, -74.0817", "4,6097; -74,0817", "4,6097 -74,0817", an address of a map: as people paste places. */
export function parsePlace(text: string): Point | undefined {
    const inside = /@(-?\d+\.\d+),(-?\d+\.\d+)/.exec(text) ?? /[?&](?:q|ll|query)=(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)/.exec(text);
    const plain = inside ?? /^\s*([+-−]?\d+(?:[.,]\d+)?)\s*°?\s*[,;\s]\s*([+-−]?\d+(?:[.,]\d+)?)\s*°?\s*$/.exec(text);
    if (!plain) return undefined;
    const [latitude, longitude] = [plain[1], plain[2]].map((part) => Number((part ?? "").replace("−", "-").replace(",", ".")));
    if (latitude === undefined || longitude === undefined || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return undefined;
    return { latitude, longitude };
}

export const showPlace = ({ latitude, longitude }: Point): string => `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
