import { describe, expect, test } from "vitest";
import { passes, readSearch } from "./filter";
import { bar, crossedMinutes, dayOf, face, instantOf, kilometres, lanes, lateMinutes, urgentFirst } from "./model";
import type { Task } from "./queries";

const zone = "America/Bogota";
const now = Date.parse("2026-12-03T16:24:00Z"); // 11:24 in Bogotá
let number = 700100;

function task(is: { status?: string; start?: string; due?: string; who?: string; minutes?: number; started?: string; ended?: string; attention?: number; holding?: boolean; [field: string]: unknown } = {}): Task {
    const { status = "new", start, due, who = "ana", minutes, started, ended, attention = 0, holding, ...rest } = is;
    number += 1;
    return {
        id: `t${number}`,
        task_number: number,
        version: 1,
        state: "enabled",
        start: start ? { local: `2026-12-03T${start}`, zone } : null,
        due: due ? { local: `2026-12-03T${due}`, zone } : null,
        duration_minutes: minutes,
        progress: { status, since: "2026-12-03T12:00:00Z", assignments: who ? [{ employee: who, number: "1", name: who, role: "lead", since: "" }] : [], started_at: started, ended_at: ended, worker_entries: 0 },
        attention: Array.from({ length: attention }, () => ({ entry: "e", reason: "late", occurred_at: "" })),
        phones: holding === undefined ? undefined : { employees: 1, holding: holding ? 1 : 0, since: holding ? "2026-12-03T15:02:00Z" : null },
        created_at: "",
        updated_at: "",
        ...rest,
    } as unknown as Task;
}

describe("civil times", () => {
    test("are instants of their zone, over a change of the clocks too", () => {
        expect(instantOf({ local: "2026-12-03T11:24", zone })).toBe(now);
        expect(new Date(instantOf({ local: "2026-03-29T03:30:00", zone: "Europe/Madrid" }) ?? 0).toISOString()).toBe("2026-03-29T01:30:00.000Z");
        expect(new Date(instantOf({ local: "2026-03-29T01:30:00", zone: "Europe/Madrid" }) ?? 0).toISOString()).toBe("2026-03-29T00:30:00.000Z");
        expect(instantOf(null)).toBeUndefined();
    });

    test("a day has 23 hours where an hour is skipped", () => {
        const [from, until] = dayOf("2026-03-29", "Europe/Madrid");
        expect((until - from) / 3_600_000).toBe(23);
    });
});

describe("the face of a task", () => {
    const cases: [string, Task][] = [
        ["unassigned", task({ who: "" })],
        ["not_yet", task({ start: "12:00", holding: false })],
        ["on_phone", task({ start: "12:00", holding: true })],
        ["late", task({ start: "11:00", holding: true })],
        ["working", task({ status: "in_progress", start: "09:30", due: "11:00" })],
        ["on_way", task({ status: "en_route", start: "12:00" })],
        ["done", task({ status: "closed" })],
        ["refused", task({ status: "not_done" })],
        ["withdrawn", task({ status: "canceled" })],
        ["attention", task({ status: "canceled", attention: 1 })],
        ["draft", task({ status: "draft" })],
    ];
    for (const [expected, given] of cases) test(expected, () => expect(face(given, now)).toBe(expected));

    test("late is counted to the beginning until work began, then to the end", () => {
        expect(lateMinutes(task({ start: "11:00", due: "12:00" }), now)).toBe(24);
        expect(lateMinutes(task({ status: "in_progress", start: "09:00", due: "11:20" }), now)).toBe(4);
        expect(lateMinutes(task({ status: "closed", start: "09:00" }), now)).toBe(0);
    });

    test("what needs a person stands first", () => {
        const tasks = [task({ status: "closed" }), task({ start: "14:00", holding: true }), task({ start: "11:00" }), task({ status: "not_done" }), task({ attention: 1 })];
        expect(urgentFirst(tasks, now).map((each) => face(each, now))).toEqual(["attention", "refused", "late", "on_phone", "done"]);
    });
});

describe("bars", () => {
    test("show what happened, and what is planned where nothing happened", () => {
        const at = (time: string) => Date.parse(`2026-12-03T${time}:00-05:00`);
        expect(bar(task({ start: "13:00", minutes: 90 }), now)).toEqual({ from: at("13:00"), until: at("14:30") });
        expect(bar(task({ status: "in_progress", start: "09:30", minutes: 60, started: "2026-12-03T15:02:00Z" }), now)).toEqual({ from: at("10:02"), until: now });
        expect(bar(task({ status: "closed", start: "08:00", started: "2026-12-03T13:05:00Z", ended: "2026-12-03T14:10:00Z" }), now)).toEqual({ from: at("08:05"), until: at("09:10") });
        expect(bar(task({ due: "15:00" }), now)).toEqual({ from: at("14:00"), until: at("15:00") });
        expect(bar(task(), now)).toBeUndefined();
    });

    test("cross where two that are to be done share time, and take two lanes", () => {
        const { placed, crossings, two } = lanes([task({ start: "12:00", minutes: 120 }), task({ start: "10:30", minutes: 120 }), task({ start: "15:00", minutes: 60 })], now);
        expect(placed.map((each) => each.lane)).toEqual([0, 1, 0]);
        expect(two).toBe(true);
        expect(crossings.map((each) => each.minutes)).toEqual([30]);
        expect(lanes([task({ status: "closed", start: "12:00", minutes: 120 }), task({ start: "12:30", minutes: 60 })], now).crossings).toEqual([]);
    });

    test("a task that would be given is held against what is still to be done, itself left out", () => {
        const has = [task({ start: "12:00", minutes: 60 }), task({ status: "closed", start: "12:00", minutes: 60 })];
        const span = bar(task({ start: "12:30", minutes: 60 }), now);
        expect(crossedMinutes(span, has, now, new Set())).toBe(30);
        expect(crossedMinutes(span, has, now, new Set([has[0]!.id]))).toBe(0);
    });
});

describe("the filter", () => {
    test("an address that somebody wrote by hand breaks nothing", () => {
        expect(readSearch({ dia: "2026-13-45", estado: "raro", q: "", tarea: 7, vista: "mapa", editar: "sí" })).toEqual({ tarea: "7", vista: "mapa" });
        expect(readSearch({ dia: "2026-12-03" })).toEqual({ dia: "2026-12-03" });
    });

    test("keeps what is unassigned when a group is chosen, and finds without accents", () => {
        const members = new Set(["ana"]);
        const by = (filter: object) => passes(filter, members, now);
        expect(by({ grupo: "g" })(task({ who: "" }))).toBe(true);
        expect(by({ grupo: "g" })(task({ who: "luis" }))).toBe(false);
        expect(passes({ q: "clinica 7001" }, undefined, now)(task({ customer_name: "Clínica Universitaria" }))).toBe(true);
        expect(passes({ sin_punto: true }, undefined, now)(task({ location: { latitude: 4.6, longitude: -74.1 } }))).toBe(false);
    });
});

test("distances are those of the earth", () => {
    expect(kilometres({ latitude: 4.6, longitude: -74.08 }, { latitude: 6.25, longitude: -75.57 })).toBeCloseTo(247, 0);
    expect(kilometres({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 })).toBeCloseTo(22.2, 0);
});
