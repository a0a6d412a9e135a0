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

/** How far a zone is ahead of UTC at an instant. */
export function offsetAt(instant: number, zone: string): number {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(instant);
    const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
    const seen = Date.UTC(value("year"), value("month") - 1, value("day"), value("hour"), value("minute"), value("second"));
    return seen - Math.floor(instant / 1000) * 1000;
}

/** The instant of a civil time in a zone, as the API writes instants. */
export function instantOf(local: string, zone: string): string | undefined {
    const asUtc = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`);
    if (Number.isNaN(asUtc)) return undefined;
    const once = asUtc - offsetAt(asUtc, zone);
    return new Date(asUtc - offsetAt(once, zone)).toISOString();
}

/** `2026-12-03T07:58` of an instant in a zone, for a field. */
export function localOf(instant: string, zone: string): string {
    const at = Date.parse(instant);
    return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);
}
