export type Point = { latitude: number; longitude: number };

/** West, south, east, north; nothing where there is no point. */
export function boundsOf(points: readonly Point[]): [number, number, number, number] | undefined {
    if (points.length === 0) return undefined;
    let [west, south, east, north] = [180, 90, -180, -90];
    for (const { latitude, longitude } of points) {
        west = Math.min(west, longitude);
        east = Math.max(east, longitude);
        south = Math.min(south, latitude);
        north = Math.max(north, latitude);
    }
    return [west, south, east, north];
}
