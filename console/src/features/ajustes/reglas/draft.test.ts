import { expect, test } from "vitest";
import { changesBetween } from "~/app/changes";
import type { Rules } from "../objects";
import { hoursOf, minutesOf, rulesBody, rulesDraft } from "./draft";

test("hours are typed as people write them", () => {
    for (const [text, minutes] of [["8", 480], ["8,5", 510], ["7.75", 465], ["8:30", 510], ["8 h 30", 510], ["48h", 2880], ["", undefined], ["ocho", "ocho"]] as const) expect(minutesOf(text)).toBe(minutes);
    for (const minutes of [0, 480, 510, 2880, 965]) expect(minutesOf(hoursOf(minutes))).toBe(minutes);
});

test("rules that were not touched change nothing, and what is emptied is taken away", () => {
    const rules = { code: "LEY", name: "Ley", from_date: "2026-01-01", whole_company: true, groups: [], employees: [], ordinary_minutes_per_day: 480, week_starts: "monday", night_from: "22:00:00", night_to: "06:00:00", paid_break_kinds: [], longest_shift_minutes: 960 } as unknown as Rules;
    const draft = rulesDraft(rules);
    expect(rulesBody(draft)).toMatchObject({ night_from: "22:00:00", ordinary_minutes_per_day: 480 });
    expect(changesBetween(rulesBody(draft), rulesBody({ ...draft, nightFrom: "", nightTo: "", perDay: "" }))).toEqual({ night_from: null, night_to: null, ordinary_minutes_per_day: null });
});
