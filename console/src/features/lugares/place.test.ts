import { expect, test } from "vitest";
import { addressOf, newPlace, placeChanges, placeDraft } from "./place";
import type { Poi } from "./queries";

const poi = { id: "p", number: "C1", name: "Clínica", address: { street: "Calle 10", city: "Bogotá", zip: "110111" }, place: { latitude: 4.6, longitude: -74 }, links: { groups: [{ group: "g", recursive: true }] } } as unknown as Poi;

test("a place that was not touched changes nothing", () => {
    expect(placeChanges(placeDraft(poi), placeDraft(poi), poi)).toEqual({});
});

test("what is changed leaves the rest of its object as it was", () => {
    const draft = { ...placeDraft(poi), city: "Chía", place: "4,7; -74,1", groups: ["g", "h"] };
    expect(placeChanges(draft, placeDraft(poi), poi)).toEqual({
        address: { street: "Calle 10", house_number: "", city: "Chía", zip: "110111" },
        place: { latitude: 4.7, longitude: -74.1 },
        links: { employees: [], groups: [{ group: "g", recursive: true }, { group: "h", recursive: false }] },
    });
    expect(placeChanges({ ...placeDraft(poi), place: "" }, placeDraft(poi), poi)).toEqual({ place: null });
});

test("a new place sends what is filled", () => {
    expect(placeChanges({ ...newPlace(), number: "C2", name: "Hotel" }, newPlace())).toEqual({ number: "C2", name: "Hotel" });
    expect(addressOf(poi)).toBe("Calle 10, Bogotá");
});
