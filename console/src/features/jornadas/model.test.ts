import { expect, test } from "vitest";
import { instantOf, localOf } from "~/app/civil";
import { mondayOf, readDay, weekOf } from "./civil";
import { type Day, hoursOf, marksOf, strip } from "./model";

const totals = { worked_us: 0, ordinary_us: 0, extra_day_us: 0, extra_week_us: 0, free_day_us: 0, night_us: 0, paid_break_us: 0, unpaid_break_us: 0 };
const punch = (kind: string, time: string, more: object = {}) => ({ id: kind + time, kind, at: `2026-12-02T${time}:00Z`, local: `2026-12-02T${time}:00+00:00`, received_at: `2026-12-02T${time}:01Z`, occurred_kind: "anchored", installation: "phone", author: { kind: "installation" }, hash: "", position: 1, sequence: 1, ...more });
const day = (shifts: object[], more: object = {}) => ({ date: "2026-12-02", shifts, totals, ...more }) as unknown as Day;
const shift = (start: object, end?: object, breaks: object[] = []) => ({ zone: "UTC", start, end, breaks, totals });

test("the strip of a day has its breaks, and what is extra at its end", () => {
    const worked = shift(punch("shift.start", "07:00"), punch("shift.end", "18:00"), [{ start: punch("break.start", "12:00"), end: punch("break.end", "13:00") }]);
    const shown = day([worked], { totals: { ...totals, extra_day_us: 3_600_000_000 } });
    expect(strip(shown, "2026-12-03", 0).map(({ from, until, kind }) => [from / 60, until / 60, kind])).toEqual([[7, 12, "work"], [12, 13, "pause"], [13, 17, "work"], [17, 18, "extra"]]);
    expect(hoursOf([{ days: [shown] } as never], "2026-12-03", 0)).toEqual([6, 20]);
});

test("a shift that is going on is no shift without an end", () => {
    const going = day([{ ...shift(punch("shift.start", "07:00")), remarks: [{ code: "end_missing", punch: "x" }] }]);
    expect(marksOf(going, "2026-12-02")).toEqual([]);
    expect(marksOf(going, "2026-12-03")).toEqual(["out_missing"]);
    expect(strip(going, "2026-12-02", Date.parse("2026-12-02T09:00:00Z"))).toEqual([{ from: 420, until: 540, kind: "now" }]);
});

test("what came hours later, and a clock that was moved, are marks", () => {
    const late = shift(punch("shift.start", "07:00", { received_at: "2026-12-02T11:00:00Z" }), punch("shift.end", "17:00", { clock: { wall_us: Date.parse("2026-12-02T17:06:29Z") * 1000 } }));
    expect(marksOf(day([late]), "2026-12-03")).toEqual(["clock", "late"]);
});

test("weeks begin on Monday, also over the end of a year", () => {
    expect(mondayOf("2026-12-03")).toBe("2026-11-30");
    expect(mondayOf("2027-01-03")).toBe("2026-12-28");
    expect(weekOf("2026-12-03").at(-1)).toBe("2026-12-06");
});

test("civil times and instants become each other", () => {
    expect(instantOf("2026-12-03T07:58", "America/Bogota")).toBe("2026-12-03T12:58:00.000Z");
    expect(localOf("2026-12-03T12:58:21Z", "America/Bogota")).toBe("2026-12-03T07:58");
    expect(instantOf("gibberish", "UTC")).toBeUndefined();
    expect(readDay("2026-13-45")).toBeUndefined();
});
