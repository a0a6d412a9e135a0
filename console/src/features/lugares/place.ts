// A place as a form holds it, without a screen.
import type { Schemas } from "~/api/client";
import { type Point, parsePlace } from "~/app/map/coordinates";
import type { Poi } from "./queries";

export type PlaceDraft = { number: string; name: string; street: string; house_number: string; city: string; place: string; polygon: Point[]; parent: string | null; is_parent: boolean; phone1: string; email: string; notes: string; employees: string[]; groups: string[] };

export const newPlace = (): PlaceDraft => ({ number: "", name: "", street: "", house_number: "", city: "", place: "", polygon: [], parent: null, is_parent: false, phone1: "", email: "", notes: "", employees: [], groups: [] });

export const placeDraft = (poi: Poi): PlaceDraft => ({
    number: poi.number,
    name: poi.name,
    street: poi.address?.street ?? poi.address?.text ?? "",
    house_number: poi.address?.house_number ?? "",
    city: poi.address?.city ?? "",
    place: poi.place ? `${poi.place.latitude}, ${poi.place.longitude}` : "",
    polygon: poi.polygon ?? [],
    parent: poi.parent ?? null,
    is_parent: poi.is_parent ?? false,
    phone1: poi.phone1 ?? "",
    email: poi.email ?? "",
    notes: poi.notes ?? "",
    employees: (poi.links?.employees ?? []).map((link) => link.employee),
    groups: (poi.links?.groups ?? []).map((link) => link.group),
});

/** The members that differ, as a JSON Merge Patch; all that is filled for a new place. */
export function placeChanges(draft: PlaceDraft, before: PlaceDraft, poi?: Poi): Record<string, unknown> {
    const changes: Record<string, unknown> = {};
    const differs = (key: keyof PlaceDraft) => JSON.stringify(draft[key]) !== JSON.stringify(before[key]);
    for (const key of ["number", "name", "phone1", "email", "notes", "is_parent", "parent", "polygon"] as const) if (differs(key)) changes[key] = draft[key];
    if (differs("street") || differs("house_number") || differs("city")) changes.address = { ...poi?.address, street: draft.street, house_number: draft.house_number, city: draft.city };
    if (differs("place")) changes.place = parsePlace(draft.place) ?? null;
    if (differs("employees") || differs("groups")) {
        const known = <T extends { recursive?: boolean }>(links: T[] | undefined, key: keyof T, id: string) => links?.find((link) => link[key] === id)?.recursive ?? false;
        changes.links = {
            employees: draft.employees.map((employee) => ({ employee, recursive: known<Schemas["EmployeeLink"]>(poi?.links?.employees, "employee", employee) })),
            groups: draft.groups.map((group) => ({ group, recursive: known<Schemas["GroupLink"]>(poi?.links?.groups, "group", group) })),
        };
    }
    return changes;
}

export function addressOf(poi: Pick<Poi, "address">): string {
    const { street, house_number, city, text } = poi.address ?? {};
    return [[street, house_number].filter(Boolean).join(" "), city].filter(Boolean).join(", ") || text || "";
}
