// Rules of working time as their form holds them, without a screen.
import { type ScopeDraft, scopeBody, scopeDraft } from "~/app/scope";
import { codeOf } from "~/app/words";
import type { Rules } from "../objects";

export type RulesDraft = ScopeDraft & { code: string; name: string; from: string; to: string; perDay: string; perWeek: string; weekStarts: string; nightFrom: string; nightTo: string; paidBreaks: string[]; longest: string };

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** `8`, `8,5`, `8:30` or `8 h 30` hours, in minutes; what is none of these stays as it was typed, for the server to refuse. */
export function minutesOf(text: string): number | string | undefined {
    const typed = text.trim();
    if (typed === "") return undefined;
    const clock = /^(\d{1,3})\s*(?::|h)\s*(\d{1,2})?\s*(?:min|m)?$/i.exec(typed);
    if (clock) return Number(clock[1]) * 60 + Number(clock[2] ?? 0);
    const hours = Number(typed.replace(",", "."));
    return Number.isFinite(hours) ? Math.round(hours * 60) : typed;
}

/** `480` minutes as `8`, `510` as `8:30`. */
export function hoursOf(minutes: number | null | undefined): string {
    if (minutes === null || minutes === undefined) return "";
    const rest = minutes % 60;
    return rest === 0 ? String(minutes / 60) : `${Math.floor(minutes / 60)}:${String(rest).padStart(2, "0")}`;
}

const clockOf = (time: string | null | undefined) => (time ?? "").slice(0, 5);

export const rulesDraft = (rules?: Rules): RulesDraft => ({
    ...scopeDraft(rules),
    code: rules?.code ?? "",
    name: rules?.name ?? "",
    from: rules?.from_date ?? "",
    to: rules?.to_date ?? "",
    perDay: hoursOf(rules?.ordinary_minutes_per_day),
    perWeek: hoursOf(rules?.ordinary_minutes_per_week),
    weekStarts: rules?.week_starts ?? "monday",
    nightFrom: clockOf(rules?.night_from),
    nightTo: clockOf(rules?.night_to),
    paidBreaks: rules?.paid_break_kinds ?? [],
    longest: hoursOf(rules?.longest_shift_minutes ?? 960),
});

const given = <T>(name: string, value: T | undefined | "") => (value === undefined || value === "" ? {} : { [name]: value });

export const rulesBody = (draft: RulesDraft) => ({
    ...scopeBody(draft),
    code: draft.code.trim() || codeOf(draft.name),
    name: draft.name.trim(),
    ...given("from_date", draft.from),
    ...given("to_date", draft.to),
    ...given("ordinary_minutes_per_day", minutesOf(draft.perDay)),
    ...given("ordinary_minutes_per_week", minutesOf(draft.perWeek)),
    week_starts: draft.weekStarts,
    ...given("night_from", draft.nightFrom && `${draft.nightFrom}:00`),
    ...given("night_to", draft.nightTo && `${draft.nightTo}:00`),
    paid_break_kinds: draft.paidBreaks,
    ...given("longest_shift_minutes", minutesOf(draft.longest)),
});
