// What the board shows of a task, without a screen: its face, its bar, how late it is, who crosses whom.
import type { Family } from "~/ui";
import type { Task } from "./queries";

export type Face = "draft" | "unassigned" | "not_yet" | "on_phone" | "on_way" | "working" | "paused" | "late" | "review" | "done" | "withdrawn" | "refused" | "attention";

export const FAMILY: Record<Face, Family> = {
    draft: "unassigned",
    unassigned: "unassigned",
    not_yet: "not-yet",
    on_phone: "on-phone",
    on_way: "on-way",
    working: "working",
    paused: "on-phone",
    late: "late",
    review: "not-yet",
    done: "done",
    withdrawn: "withdrawn",
    refused: "refused",
    attention: "set-aside",
};

const OVER = new Set(["closed", "canceled", "not_done", "declined"]);
const BEGUN = new Set(["in_progress", "suspended", "en_route", "loading", "unloading", "arrived", "ready_for_review", "ready_for_approval"]);
const WORKING = new Set(["in_progress", "loading", "unloading", "arrived"]);

export const isOver = (task: Task) => OVER.has(task.progress.status) || task.state === "deleted";
export const isBegun = (task: Task) => BEGUN.has(task.progress.status);
export const isWorking = (task: Task) => WORKING.has(task.progress.status);
export const isUnassigned = (task: Task) => !isOver(task) && task.progress.assignments.length === 0;

const MINUTE = 60_000;
/** A bar for a task of which no length is known. */
const USUAL = 60 * MINUTE;

/** Milliseconds since 1970 of a civil time in its zone. A time that a change of the clock skips is read an hour later. */
export function instantOf(civil: { local: string; zone: string } | null | undefined): number | undefined {
    if (!civil) return undefined;
    const guess = Date.parse(`${civil.local.length === 16 ? `${civil.local}:00` : civil.local}Z`);
    if (Number.isNaN(guess)) return undefined;
    const first = guess - offsetAt(guess, civil.zone);
    return guess - offsetAt(first, civil.zone);
}

/** Clocks change at a quarter of an hour, if they change: what was asked of one holds for all of it. */
const QUARTER = 15 * 60_000;
/** As many quarters of one zone are remembered. */
const REMEMBERED = 5_000;
const offsets = new Map<string, Map<number, number>>();

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
    let known = offsets.get(zone);
    if (!known || known.size > REMEMBERED) {
        known = new Map();
        offsets.set(zone, known);
    }
    const quarter = Math.floor(instant / QUARTER);
    const offset = known.get(quarter) ?? readOffset(quarter * QUARTER, zone);
    known.set(quarter, offset);
    return offset;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function readOffset(instant: number, zone: string): number {
    let format = formats.get(zone);
    if (!format) {
        format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
        formats.set(zone, format);
    }
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const shown = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day ?? 1, part.hour ?? 0, part.minute ?? 0, part.second ?? 0);
    return shown - Math.floor(instant / 1000) * 1000;
}

/** The beginning of a civil day in a zone, and of the one after it. */
export function dayOf(day: string, zone: string): [from: number, until: number] {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    return [instantOf({ local: `${day}T00:00:00`, zone }) ?? 0, instantOf({ local: `${next}T00:00:00`, zone }) ?? 0];
}

export const stepped = (day: string, days: number) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export type Span = { from: number; until: number };
type Times = { start?: number; due?: number; plan?: Span };

/** Read once of each task: a board of ten thousand asks it many times over. A changed task is another object. */
const times = new WeakMap<Task, Times>();

function timesOf(task: Task): Times {
    const known = times.get(task);
    if (known) return known;
    const [start, due] = [instantOf(task.start), instantOf(task.due)];
    const read = { start, due, plan: planOf(task, start, due) };
    times.set(task, read);
    return read;
}

/** The planned time, as far as anything of it is planned. */
export const planned = (task: Task): Span | undefined => timesOf(task).plan;

function planOf(task: Task, start: number | undefined, due: number | undefined): Span | undefined {
    const length = task.duration_minutes ? task.duration_minutes * MINUTE : undefined;
    if (start !== undefined) {
        // A due day that is far away is a limit, not a length.
        const until = length !== undefined ? start + length : due !== undefined && due > start && due - start < 16 * 60 * MINUTE ? due : start + USUAL;
        return { from: start, until };
    }
    if (due !== undefined) return { from: due - (length ?? USUAL), until: due };
    return undefined;
}

/** Where the bar stands: what happened, and what is planned where nothing happened yet. */
export function bar(task: Task, now: number): Span | undefined {
    const plan = planned(task);
    const started = task.progress.started_at ? Date.parse(task.progress.started_at) : undefined;
    const ended = task.progress.ended_at ? Date.parse(task.progress.ended_at) : undefined;
    if (started !== undefined && isOver(task) && ended !== undefined) return { from: started, until: Math.max(ended, started + 5 * MINUTE) };
    if (started !== undefined && !isOver(task)) return { from: started, until: Math.max(now, plan ? started + (plan.until - plan.from) : started + USUAL) };
    return plan;
}

/** By how many minutes a task that is not over is late: to begin, or once begun, to end. */
export function lateMinutes(task: Task, now: number): number {
    if (isOver(task) || task.progress.status === "draft") return 0;
    const { start, due } = timesOf(task);
    const limit = isBegun(task) ? due : start !== undefined && due !== undefined ? Math.min(start, due) : (start ?? due);
    return limit === undefined || limit >= now ? 0 : Math.floor((now - limit) / MINUTE);
}

export function face(task: Task, now: number): Face {
    const { status, assignments } = task.progress;
    if ((task.attention ?? []).length > 0) return "attention";
    if (status === "canceled" || task.state === "deleted") return "withdrawn";
    if (status === "not_done" || status === "declined") return "refused";
    if (status === "closed") return "done";
    if (status === "draft") return "draft";
    if (isWorking(task)) return "working";
    if (status === "ready_for_review" || status === "ready_for_approval") return "review";
    if (assignments.length === 0) return "unassigned";
    if (lateMinutes(task, now) > 0) return "late";
    if (status === "en_route") return "on_way";
    if (status === "suspended") return "paused";
    return isOnPhone(task) ? "on_phone" : "not_yet";
}

/** Whether all who have it hold it as it is now; a worker who answered has it in any case. */
function isOnPhone(task: Task): boolean {
    if (task.phones) return task.phones.since !== undefined && task.phones.since !== null;
    return task.progress.worker_entries > 0 || task.progress.status === "acknowledged";
}

const URGENCY: Record<Face, number> = { attention: 0, refused: 1, late: 2, not_yet: 3, unassigned: 4, working: 5, on_way: 6, paused: 6, review: 6, on_phone: 7, draft: 8, done: 9, withdrawn: 10 };

/** What needs a person first; among equals by time, then by number. */
export function urgentFirst(tasks: readonly Task[], now: number): Task[] {
    const keyed = tasks.map((task) => ({ task, rank: URGENCY[face(task, now)], at: planned(task)?.from ?? Number.MAX_SAFE_INTEGER }));
    keyed.sort((a, b) => a.rank - b.rank || a.at - b.at || (a.task.task_number ?? 0) - (b.task.task_number ?? 0));
    return keyed.map(({ task }) => task);
}

export type Placed = Span & { task: Task; lane: 0 | 1; two: boolean };
export type Crossing = Span & { minutes: number };

/** The bars of one person, in at most two lanes, and where two of them that are still to be done cross. */
export function lanes(tasks: readonly Task[], now: number): { placed: Placed[]; crossings: Crossing[]; two: boolean } {
    const bars = tasks.flatMap((task) => {
        const span = bar(task, now);
        return span ? [{ ...span, task }] : [];
    });
    bars.sort((a, b) => a.from - b.from || a.until - b.until);
    const ends: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const placed: Placed[] = bars.map((each) => {
        const lane = each.from >= ends[0] ? 0 : each.from >= ends[1] ? 1 : ends[0] <= ends[1] ? 0 : 1;
        ends[lane] = Math.max(ends[lane], each.until);
        return { ...each, lane, two: false };
    });
    const two = placed.some((each) => each.lane === 1);
    const crossings: Crossing[] = [];
    for (const [place, one] of placed.entries()) {
        for (const other of placed.slice(place + 1)) {
            if (other.from >= one.until) break;
            one.two = true;
            other.two = true;
            if (isOver(one.task) || isOver(other.task)) continue;
            const until = Math.min(one.until, other.until);
            const minutes = Math.round((until - other.from) / MINUTE);
            if (minutes > 0) crossings.push({ from: other.from, until, minutes });
        }
    }
    return { placed, crossings, two };
}

/** How many minutes of a task fall on work that this person has still to do. */
export function crossedMinutes(span: Span | undefined, tasks: readonly Task[], now: number, except: ReadonlySet<string>): number {
    if (!span) return 0;
    let minutes = 0;
    for (const task of tasks) {
        if (except.has(task.id) || isOver(task)) continue;
        const other = bar(task, now);
        if (other) minutes += Math.max(0, Math.min(span.until, other.until) - Math.max(span.from, other.from)) / MINUTE;
    }
    return Math.round(minutes);
}

/** Kilometres between two places on earth. */
export function kilometres(a: Place, b: Place): number {
    const radians = Math.PI / 180;
    const [dLat, dLng] = [(b.latitude - a.latitude) * radians, (b.longitude - a.longitude) * radians];
    const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLng / 2) ** 2;
    return 12_742 * Math.asin(Math.min(1, Math.sqrt(h)));
}

export type Place = { latitude: number; longitude: number };

export function placeOf(task: Task): Place | undefined {
    if (task.point) return task.point;
    const { latitude, longitude } = task.location ?? {};
    return typeof latitude === "number" && typeof longitude === "number" ? { latitude, longitude } : undefined;
}
