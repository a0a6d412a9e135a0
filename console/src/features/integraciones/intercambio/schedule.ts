// When an export runs or a customer's server is looked at, as people say it, to and from what cron writes.

export type Schedule = { how: "hand" | "minutes" | "daily" | "weekly" | "monthly" | "hourly" | "cron"; time: string; every: string; weekdays: number[]; day: string; cron: string };

const START: Schedule = { how: "hand", time: "07:00", every: "5", weekdays: [1, 2, 3, 4, 5], day: "1", cron: "" };

/** Cron's days, from Sunday 0, in the order of a week that begins on Monday. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

function daysOf(text: string): number[] | undefined {
    const days = new Set<number>();
    for (const part of text.split(",")) {
        const range = /^([0-7])(?:-([0-7]))?$/.exec(part);
        if (!range) return undefined;
        const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
        for (let day = first; day <= last; day += 1) days.add(day % 7);
    }
    return WEEK.filter((day) => days.has(day));
}

/** What cron says; what people have no words for here stays cron. */
export function readSchedule(cron: string | null | undefined): Schedule {
    if (!cron) return START;
    const own: Schedule = { ...START, how: "cron", cron };
    const [minute, hour, day, month, weekday, more] = cron.trim().split(/\s+/);
    const every = /^\*\/(\d{1,2})$/.exec(minute ?? "")?.[1];
    if (every !== undefined && [hour, day, month, weekday].every((part) => part === "*") && more === undefined) return { ...own, how: "minutes", every };
    if (more !== undefined || month !== "*" || !/^\d{1,2}$/.test(minute ?? "")) return own;
    if (hour === "*" && day === "*" && weekday === "*") return { ...own, how: "hourly", time: `00:${minute!.padStart(2, "0")}` };
    if (!/^\d{1,2}$/.test(hour ?? "")) return own;
    const time = `${hour!.padStart(2, "0")}:${minute!.padStart(2, "0")}`;
    if (day === "*" && weekday === "*") return { ...own, how: "daily", time };
    const weekdays = day === "*" ? daysOf(weekday ?? "") : undefined;
    if (weekdays) return { ...own, how: "weekly", time, weekdays };
    if (/^\d{1,2}$/.test(day ?? "") && weekday === "*") return { ...own, how: "monthly", time, day: day! };
    return own;
}

export function writeSchedule({ how, time, every, weekdays, day, cron }: Schedule): string | undefined {
    const [hour, minute] = time.split(":").map(Number);
    if (how === "hand") return undefined;
    if (how === "cron") return cron.trim();
    if (how === "minutes") return `*/${every.trim()} * * * *`;
    if (how === "hourly") return `${minute} * * * *`;
    if (how === "daily") return `${minute} ${hour} * * *`;
    if (how === "monthly") return `${minute} ${hour} ${day.trim()} * *`;
    return `${minute} ${hour} * * ${[...weekdays].sort((a, b) => a - b).join(",") || "*"}`;
}
