import { expect, test } from "vitest";
import { parsePlace } from "./coordinates";

test("places are read as people paste them", () => {
    const bogota = { latitude: 4.6097, longitude: -74.0817 };
    for (const text of ["4.6097, -74.0817", "4,6097; -74,0817", "4,6097 −74,0817", " 4.6097,-74.0817 ", "https://maps.example/@4.6097,-74.0817,15z", "https://maps.example/?q=4.6097,-74.0817"]) expect(parsePlace(text), text).toEqual(bogota);
    for (const text of ["", "Calle 10 # 4-20", "91, 0", "4.6", "0, 181"]) expect(parsePlace(text), text).toBeUndefined();
});
