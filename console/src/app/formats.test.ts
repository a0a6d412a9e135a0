import { expect, test } from "vitest";
import { formatIn } from "./formats";

const bogota = formatIn("es", "America/Bogota");

test("times are those of the account's zone, in 24 hours", () => {
    expect(bogota.time("2026-12-03T16:24:00Z")).toBe("11:24");
    expect(bogota.time("2026-12-03T05:00:00Z")).toBe("00:00");
    expect(bogota.day("2026-12-03T04:59:59Z")).toBe("2026-12-02");
});

test("a moment of another day says the day", () => {
    const now = Date.parse("2026-12-03T16:24:00Z");
    expect(bogota.moment("2026-12-03T15:02:14Z", now)).toBe("10:02");
    expect(bogota.moment("2026-12-01T15:02:14Z", now)).toBe("1 dic, 10:02");
});

test("durations are said as people say them", () => {
    expect(bogota.minutes(90)).toBe("1\u00a0h\u00a030");
    expect(bogota.minutes(45)).toBe("45\u00a0min");
    expect(bogota.minutes(-120)).toBe("−2\u00a0h");
});

test("sizes use the sign of the language", () => {
    expect(bogota.bytes(4_100_000)).toBe("4,1\u00a0MB");
    expect(formatIn("en", "UTC").bytes(4_100_000)).toBe("4.1\u00a0MB");
});
