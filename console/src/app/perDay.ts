// What happened, summed by civil day, for pictures over time.

export type DaySum = { day: string; values: number[] };

const DAY_MS = 86_400_000;
const before = (day: string, days: number) => new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);

/** The last `count` days up to today, oldest first, each with the sums of what fell on it; a day of nothing is there, too. */
export function perDay<T>(items: readonly T[], dayOf: (item: T) => string, valuesOf: (item: T) => number[], today: string, count: number): DaySum[] {
    const sums = new Map<string, number[]>();
    for (const item of items) {
        const day = dayOf(item);
        const values = valuesOf(item);
        const sum = sums.get(day);
        sums.set(day, sum ? sum.map((value, place) => value + (values[place] ?? 0)) : values);
    }
    const none = items[0] === undefined ? [] : valuesOf(items[0]).map(() => 0);
    return Array.from({ length: count }, (_, place) => before(today, count - 1 - place)).map((day) => ({ day, values: sums.get(day) ?? none }));
}
