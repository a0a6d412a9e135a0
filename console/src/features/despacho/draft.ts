// A task as a form holds it, and what of it changed.
import { parsePlace } from "~/app/map/coordinates";
import type { Task } from "./queries";

export type Draft = {
    customer_name: string;
    description: string;
    type: string | null;
    poi: string | null;
    address: string;
    place: string;
    start: string;
    due: string;
    duration_minutes: string;
    priority: string;
    contact_name: string;
    phone1: string;
    notes: string;
    external_number: string;
    data: Record<string, string>;
};

const EMPTY: Draft = { customer_name: "", description: "", type: null, poi: null, address: "", place: "", start: "", due: "", duration_minutes: "", priority: "not_set", contact_name: "", phone1: "", notes: "", external_number: "", data: {} };

export const newDraft = (_day: string): Draft => ({ ...EMPTY });

export function draftOf(task: Task): Draft {
    const { latitude, longitude, address } = task.location ?? {};
    return {
        customer_name: task.customer_name ?? "",
        description: task.description ?? "",
        type: task.type ?? null,
        poi: task.poi ?? null,
        address: address ?? "",
        place: typeof latitude === "number" && typeof longitude === "number" ? `${latitude}, ${longitude}` : "",
        start: task.start?.local.slice(0, 16) ?? "",
        due: task.due?.local.slice(0, 16) ?? "",
        duration_minutes: task.duration_minutes ? String(task.duration_minutes) : "",
        priority: task.priority ?? "not_set",
        contact_name: task.contact_name ?? "",
        phone1: task.phone1 ?? "",
        notes: task.notes ?? "",
        external_number: task.external_number ?? "",
        data: { ...task.data },
    };
}

const civil = (local: string, zone: string) => (local ? { local, zone } : null);

/** What is sent: everything that is filled for a new task, what differs for one that is changed (`null` removes). */
export function changesOf(draft: Draft, before: Draft, zone: string, isChange: boolean): Record<string, unknown> {
    const changes: Record<string, unknown> = {};
    const differs = (key: keyof Draft) => (isChange ? draft[key] !== before[key] : draft[key] !== "" && draft[key] !== null);
    for (const key of ["customer_name", "description", "contact_name", "phone1", "notes"] as const) if (differs(key)) changes[key] = draft[key];
    for (const key of ["type", "poi"] as const) if (differs(key)) changes[key] = draft[key];
    for (const key of ["start", "due"] as const) if (differs(key)) changes[key] = civil(draft[key], zone);
    if (differs("priority")) changes.priority = draft.priority;
    if (differs("external_number") && !isChange) changes.external_number = draft.external_number;
    if (differs("duration_minutes")) {
        const minutes = draft.duration_minutes.trim().replace(",", ".");
        // What is no number goes as it was typed, so that the server's words stand at the field.
        changes.duration_minutes = minutes === "" ? null : Number.isNaN(Number(minutes)) ? minutes : Number(minutes);
    }
    if (differs("address") || differs("place")) {
        const place = parsePlace(draft.place);
        changes.location = { address: draft.address, latitude: place?.latitude ?? null, longitude: place?.longitude ?? null };
        if (!isChange && !place) changes.location = { address: draft.address };
    }
    const data = Object.fromEntries(Object.entries(draft.data).filter(([field, value]) => (isChange ? value !== (before.data[field] ?? "") : value !== "")));
    if (Object.keys(data).length > 0) changes.data = isChange ? Object.fromEntries(Object.entries(data).map(([field, value]) => [field, value === "" ? null : value])) : data;
    return changes;
}

/** Where somebody else and this form changed the same field to different values. */
export function clashes(draft: Draft, mine: Draft, theirs: Draft): (keyof Draft)[] {
    const flat = (of: Draft, key: keyof Draft) => JSON.stringify(of[key]);
    return (Object.keys(EMPTY) as (keyof Draft)[]).filter((key) => flat(theirs, key) !== flat(mine, key) && flat(draft, key) !== flat(theirs, key) && flat(draft, key) !== flat(mine, key));
}

/** What was typed here over what stands there now; for clashes, as it was decided. */
export function merged(draft: Draft, mine: Draft, theirs: Draft, keep: ReadonlySet<keyof Draft>): Draft {
    const out: Record<string, unknown> = { ...theirs };
    for (const key of Object.keys(EMPTY) as (keyof Draft)[]) {
        const touched = JSON.stringify(draft[key]) !== JSON.stringify(mine[key]);
        const clash = touched && JSON.stringify(theirs[key]) !== JSON.stringify(mine[key]) && JSON.stringify(theirs[key]) !== JSON.stringify(draft[key]);
        if (touched && (!clash || keep.has(key))) out[key] = draft[key];
    }
    return out as Draft;
}
