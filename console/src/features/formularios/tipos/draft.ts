// A task type as its form holds it, without a screen.
import { codeOf } from "~/app/words";
import type { TaskType } from "../queries";

export type Label = { field: string; label: string; visible: boolean };
export type TypeDraft = { code: string; name: string; minutes: string; priority: string; allowed: string[]; statusLabels: Record<string, string>; forms: string[]; labels: Label[] };

export const CUSTOM = ["custom1", "custom2", "custom3", "custom4"] as const;
export const DATA_FIELDS = Array.from({ length: 40 }, (_, place) => `data${place + 1}`);

export const typeDraft = (type?: TaskType): TypeDraft => ({
    code: type?.code ?? "",
    name: type?.name ?? "",
    minutes: type?.planned_minutes == null ? "" : String(type.planned_minutes),
    priority: type?.priority ?? "",
    allowed: type?.allowed_states ?? [],
    statusLabels: type?.status_labels ?? {},
    forms: type?.required_forms ?? [],
    labels: [...(type?.data_labels ?? [])].sort((a, b) => (a.order ?? 0) - (b.order ?? 0)).map(({ field, label, visible }) => ({ field, label, visible: visible ?? false })),
});

const numberOf = (text: string) => {
    const number = Number(text.trim().replace(",", "."));
    return Number.isFinite(number) ? number : text.trim();
};

export const typeBody = (draft: TypeDraft) => ({
    code: draft.code.trim() || codeOf(draft.name).toUpperCase(),
    name: draft.name.trim(),
    ...(draft.minutes.trim() ? { planned_minutes: numberOf(draft.minutes) } : {}),
    ...(draft.priority ? { priority: draft.priority } : {}),
    allowed_states: draft.allowed,
    status_labels: Object.fromEntries(Object.entries(draft.statusLabels).filter(([, label]) => label.trim() !== "")),
    required_forms: draft.forms,
    data_labels: draft.labels.map(({ field, label, visible }, place) => ({ field, label: label.trim(), order: place + 1, visible })),
});

/** The first field that has no label yet. */
export const freeField = (labels: readonly Label[]): string | undefined => DATA_FIELDS.find((field) => !labels.some((label) => label.field === field));

export function moved<T>(list: readonly T[], place: number, by: number): T[] {
    const next = [...list];
    const [one] = next.splice(place, 1);
    if (one !== undefined) next.splice(Math.max(0, place + by), 0, one);
    return next;
}
