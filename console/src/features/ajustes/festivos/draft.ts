// Non-working days as their form holds them, without a screen.
import { type ScopeDraft, scopeBody, scopeDraft } from "~/app/scope";
import { codeOf } from "~/app/words";
import type { FreeDays } from "../objects";

export type FreeDraft = ScopeDraft & { code: string; name: string; kind: "days" | "period" | "weekly"; from: string; to: string; fromTime: string; toTime: string; weekdays: string[]; zone: string; notes: string };

const clockOf = (time: string | null | undefined) => (time ?? "").slice(0, 5);

export const freeDraft = (days?: FreeDays): FreeDraft => ({
    ...scopeDraft(days),
    code: days?.code ?? "",
    name: days?.name ?? "",
    kind: days?.schedule_type ?? "days",
    from: days?.from_date ?? "",
    to: days?.to_date ?? "",
    fromTime: clockOf(days?.from_time),
    toTime: clockOf(days?.to_time),
    weekdays: days?.weekdays ?? [],
    zone: days?.zone ?? "",
    notes: days?.notes ?? "",
});

export const freeBody = (draft: FreeDraft) => ({
    ...scopeBody(draft),
    // The same holiday comes each year: its code is unique by the day.
    code: draft.code.trim() || [codeOf(draft.name), draft.from].filter(Boolean).join("-"),
    name: draft.name.trim(),
    schedule_type: draft.kind,
    ...(draft.from ? { from_date: draft.from } : {}),
    ...(draft.to ? { to_date: draft.to } : {}),
    ...(draft.kind !== "days" && draft.fromTime ? { from_time: `${draft.fromTime}:00` } : {}),
    ...(draft.kind !== "days" && draft.toTime ? { to_time: `${draft.toTime}:00` } : {}),
    weekdays: draft.kind === "weekly" ? draft.weekdays : [],
    ...(draft.zone ? { zone: draft.zone } : {}),
    notes: draft.notes,
});
