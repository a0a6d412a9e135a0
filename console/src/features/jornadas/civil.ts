// Civil days and moments, without a screen.

const DAY_MS = 86_400_000;

export const stepped = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The Monday on or before a day. */
export function mondayOf(day: string): string {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    return stepped(day, -((weekday + 6) % 7));
}

export const weekOf = (day: string): string[] => Array.from({ length: 7 }, (_, place) => stepped(mondayOf(day), place));

/** A day that is one, else undefined: what stands in an address can be anything. */
export const readDay = (value: unknown): string | undefined => (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) ? value : undefined);
