// Numbers, dates and times as people read them: in a zone, 24 hours, the language's own separators.

export type Format = ReturnType<typeof make>;

const cache = new Map<string, Format>();

export function formatIn(locale: string, zone: string): Format {
    const key = `${locale}|${zone}`;
    const known = cache.get(key) ?? make(locale, zone);
    cache.set(key, known);
    return known;
}

function make(locale: string, zone: string) {
    const at = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    const clock = at({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const seconds = at({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    const date = at({ day: "numeric", month: "short", year: "numeric" });
    const shortDate = at({ day: "numeric", month: "short" });
    const longDay = at({ weekday: "long", day: "numeric", month: "long" });
    const longDate = at({ day: "numeric", month: "long", year: "numeric" });
    const weekday = at({ weekday: "short" });
    const isoDay = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    const of = (instant: string | number | Date) => new Date(instant);
    return {
        locale,
        zone,
        time: (instant: string | number | Date) => clock.format(of(instant)),
        seconds: (instant: string | number | Date) => seconds.format(of(instant)),
        date: (instant: string | number | Date) => date.format(of(instant)),
        longDate: (instant: string | number | Date) => longDate.format(of(instant)),
        shortDate: (instant: string | number | Date) => shortDate.format(of(instant)),
        /** "lun". */
        weekday: (instant: string | number | Date) => weekday.format(of(instant)),
        longDay: (instant: string | number | Date) => longDay.format(of(instant)),
        /** The civil day, as `2026-12-03`. */
        day: (instant: string | number | Date) => isoDay.format(of(instant)),
        /** The time today, date and time otherwise. */
        moment: (instant: string | number | Date, now: number = Date.now()) =>
            isoDay.format(of(instant)) === isoDay.format(new Date(now)) ? clock.format(of(instant)) : `${shortDate.format(of(instant))}, ${clock.format(of(instant))}`,
        number: (value: number) => number.format(value),
        /** "1 h 30", "45 min". */
        minutes: (value: number) => {
            const whole = Math.round(Math.abs(value));
            const [hours, rest] = [Math.floor(whole / 60), whole % 60];
            const sign = value < 0 ? "−" : "";
            if (hours === 0) return `${sign}${rest}\u00a0min`;
            return rest === 0 ? `${sign}${hours}\u00a0h` : `${sign}${hours}\u00a0h\u00a0${String(rest).padStart(2, "0")}`;
        },
        bytes: (value: number) => {
            const units = ["B", "KB", "MB", "GB"];
            let size = value;
            let unit = 0;
            while (size >= 1000 && unit < units.length - 1) {
                size /= 1000;
                unit += 1;
            }
            return `${new Intl.NumberFormat(locale, { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 }).format(size)}\u00a0${units[unit]}`;
        },
    };
}
