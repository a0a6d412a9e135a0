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

/** Where a point lies on the square world of web maps, from 0 to 1 both ways. */
export function mercator({ latitude, longitude }: Point): { x: number; y: number } {
    const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, latitude)) * Math.PI) / 180);
    return { x: (longitude + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
}
