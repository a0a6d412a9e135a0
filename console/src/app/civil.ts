// Civil times and instants, without a screen.

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
