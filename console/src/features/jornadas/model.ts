// What the pages show of a timesheet: the strip of a day, its marks, and who needs to be looked at.
import type { Schemas } from "~/api/client";

export type Timesheet = Schemas["Timesheet"];
export type Day = Schemas["DayShown"];
export type Shift = Schemas["ShiftShown"];
export type Punch = Schemas["PunchShown"];
export type Remark = Schemas["RemarkCode"];

const MINUTE_MS = 60_000;
/** What came this much later than it happened was without network. */
const LATE_MS = 15 * MINUTE_MS;
/** A phone's clock that differs by less is right. */
const CLOCK_MS = 2 * MINUTE_MS;

export type Mark = "out_missing" | "in_missing" | "clock" | "late" | "corrected" | "proposed" | "added" | "break" | "phones" | "zone" | "adjusted" | "extra";
/** The first one is what a cell shows. */
const ORDER: Mark[] = ["out_missing", "in_missing", "proposed", "clock", "break", "phones", "zone", "late", "added", "corrected", "adjusted", "extra"];
/** Those that somebody must look at. */
export const OPEN: ReadonlySet<Mark> = new Set(["out_missing", "in_missing", "proposed"]);

const OF_REMARK: Record<Remark, Mark> = {
    end_missing: "out_missing",
    start_missing: "in_missing",
    start_repeated: "out_missing",
    break_outside_shift: "break",
    break_end_missing: "break",
    break_start_missing: "break",
    break_repeated: "break",
    several_installations: "phones",
    zone_changed: "zone",
    zone_assumed: "zone",
    offset_differs: "zone",
    suspect_clock: "clock",
};

export const punchesOf = (day: Day): Punch[] => {
    const ofShifts = day.shifts.flatMap((shift) => [shift.start, ...(shift.breaks ?? []).flatMap((pause) => [pause.start, pause.end]), shift.end, ...(shift.repeated ?? [])]);
    const all = [...ofShifts, ...(day.loose ?? []).map(({ punch }) => punch)].filter((punch): punch is Punch => punch !== null && punch !== undefined);
    return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
};

/** How far a phone's wall clock was ahead of what counts, in milliseconds. */
export const clockError = (punch: Punch): number => (punch.clock ? Math.round(punch.clock.wall_us / 1000) - Date.parse(punch.original?.at ?? punch.at) : 0);

export const lateBy = (punch: Punch): number => Date.parse(punch.received_at) - Date.parse(punch.original?.at ?? punch.at);

/** A shift that is going on is not one without an end: only one of a day that is over, or one that is too long. */
export function marksOf(day: Day, today: string): Mark[] {
    const found = new Set<Mark>();
    for (const { code } of [...day.shifts.flatMap((shift) => shift.remarks ?? []), ...(day.loose ?? []).flatMap((loose) => loose.remarks)]) {
        // A punch that the office added is of no phone, whose zone could be told.
        const mark = code === "zone_assumed" && punchesOf(day).some((punch) => punch.added) ? undefined : OF_REMARK[code];
        if (mark && !(mark === "out_missing" && isGoingOn(day, today))) found.add(mark);
    }
    if (day.date < today && day.shifts.some((shift) => !shift.end)) found.add("out_missing");
    for (const punch of punchesOf(day)) {
        if (punch.added) found.add("added");
        else if (punch.installation && lateBy(punch) > LATE_MS) found.add("late");
        if (punch.occurred_kind === "suspect" || Math.abs(clockError(punch)) > CLOCK_MS) found.add("clock");
        if (punch.original) found.add("corrected");
    }
    if ((day.corrections ?? []).some((correction) => correction.standing === "proposed")) found.add("proposed");
    if ((day.adjustments ?? []).length > 0) found.add("adjusted");
    if (extraOf(day.totals) > 0) found.add("extra");
    return ORDER.filter((mark) => found.has(mark));
}

export const isGoingOn = (day: Day, today: string): boolean => day.date === today && day.shifts.some((shift) => !shift.end);

export const extraOf = (totals: Schemas["TotalsShown"]): number => totals.extra_day_us + totals.extra_week_us;
export const minutesOf = (micros: number): number => micros / 60_000_000;

/** `07:58` of a punch where it was made. */
export const localTime = (punch: { local: string }): string => punch.local.slice(11, 16);

/** Minutes since midnight of the punch's own day. */
const minuteOf = (punch: { local: string }): number => Number(punch.local.slice(11, 13)) * 60 + Number(punch.local.slice(14, 16));

export type Piece = { from: number; until: number; kind: "work" | "pause" | "extra" | "now" };

/** The pieces of a day in minutes since its midnight; what is extra stands at the end of the work. */
export function strip(day: Day, today: string, now: number): Piece[] {
    const pieces: Piece[] = [];
    for (const shift of day.shifts) {
        const begin = Date.parse(shift.start.at);
        const base = minuteOf(shift.start);
        const at = (instant: string) => base + (Date.parse(instant) - begin) / MINUTE_MS;
        const open = !shift.end;
        if (open && day.date !== today) {
            const last = (shift.breaks ?? []).at(-1)?.end ?? (shift.breaks ?? []).at(-1)?.start;
            pieces.push({ from: base, until: last ? at(last.at) : base + 60, kind: "work" });
            continue;
        }
        const until = shift.end ? at(shift.end.at) : base + Math.max(0, now - begin) / MINUTE_MS;
        let from = base;
        for (const pause of shift.breaks ?? []) {
            const start = at(pause.start.at);
            const end = pause.end ? at(pause.end.at) : until;
            if (start > from) pieces.push({ from, until: start, kind: open ? "now" : "work" });
            pieces.push({ from: start, until: end, kind: "pause" });
            from = end;
        }
        if (until > from) pieces.push({ from, until, kind: open ? "now" : "work" });
    }
    let extra = minutesOf(extraOf(day.totals));
    for (let place = pieces.length - 1; place >= 0 && extra >= 1; place -= 1) {
        const piece = pieces[place];
        if (!piece || piece.kind !== "work") continue;
        const part = Math.min(extra, piece.until - piece.from);
        pieces.splice(place, 1, ...(part < piece.until - piece.from ? [{ ...piece, until: piece.until - part }] : []), { from: piece.until - part, until: piece.until, kind: "extra" as const });
        extra -= part;
    }
    return pieces;
}

/** The hours that all strips show, so that they can be compared: at least 6 to 20. */
export function hoursOf(sheets: readonly Timesheet[], today: string, now: number): [from: number, until: number] {
    let [from, until] = [6, 20];
    for (const day of sheets.flatMap((sheet) => sheet.days)) {
        for (const piece of strip(day, today, now)) {
            from = Math.min(from, Math.max(0, Math.floor(piece.from / 60)));
            until = Math.max(until, Math.min(30, Math.ceil(piece.until / 60)));
        }
    }
    return [from, until];
}
