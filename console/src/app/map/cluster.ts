// What lies close together on the screen becomes one pin with a count.

export type Spot<T> = { x: number; y: number; items: T[] };

/** Closer than this, in pixels, two pins would cover each other. */
const WIDTH = 76;
const HEIGHT = 28;
/** More rows than a screen has. */
const ROWS = 10_000;
const cell = (column: number, row: number) => column * ROWS + row;

/** Those on the screen, together where they would cover each other. The chosen one comes last, on top, and first of those that it covers. */
export function clustered<T extends { id: string }>(items: readonly T[], project: (item: T) => { x: number; y: number }, width: number, height: number, current?: string): Spot<T>[] {
    // Looked up by cells of the size of a pin, of which nine can hold what one pin would cover.
    const cells = new Map<number, Spot<T>>();
    const spots: Spot<T>[] = [];
    const chosen = current === undefined ? undefined : items.find((item) => item.id === current);
    const top: Spot<T> | undefined = chosen && { ...project(chosen), items: [chosen] };
    for (const item of items) {
        if (item === chosen) continue;
        const { x, y } = project(item);
        if (x < -40 || y < -40 || x > width + 40 || y > height + 40) continue;
        if (top && Math.abs(top.x - x) < WIDTH + 16 && Math.abs(top.y - y) < HEIGHT + 4) {
            top.items.push(item);
            continue;
        }
        const [column, row] = [Math.floor(x / WIDTH), Math.floor(y / HEIGHT)];
        const near = covered(cells, x, y, column, row);
        if (near) {
            near.items.push(item);
            continue;
        }
        const spot = { x, y, items: [item] };
        cells.set(cell(column, row), spot);
        spots.push(spot);
    }
    return top ? [...spots, { x: top.x, y: top.y, items: top.items }] : spots;
}

function covered<T>(cells: ReadonlyMap<number, Spot<T>>, x: number, y: number, column: number, row: number): Spot<T> | undefined {
    for (let dx = -1; dx <= 1; dx += 1) {
        for (let dy = -1; dy <= 1; dy += 1) {
            const spot = cells.get(cell(column + dx, row + dy));
            if (spot && Math.abs(spot.x - x) < WIDTH && Math.abs(spot.y - y) < HEIGHT) return spot;
        }
    }
    return undefined;
}
