import { expect, test } from "vitest";
import { readSchedule, writeSchedule } from "./schedule";

test("what people can say goes to cron and back", () => {
    for (const cron of ["0 7 * * *", "30 6 * * 1,2,3,4,5", "15 * * * *", "0 22 1 * *", "*/5 * * * *", "*/10 8-18 * * 1-5", "0 7 * 1 *", "0 0 7 * * *"]) expect(writeSchedule(readSchedule(cron))).toBe(cron);
});

test("ranges of weekdays are read, Sunday by either number", () => {
    expect(readSchedule("0 7 * * 1-5")).toMatchObject({ how: "weekly", time: "07:00", weekdays: [1, 2, 3, 4, 5] });
    expect(readSchedule("5 9 * * 7")).toMatchObject({ how: "weekly", time: "09:05", weekdays: [0] });
});

test("what has no words here stays as it was written", () => {
    expect(readSchedule("0 7 * * MON")).toMatchObject({ how: "cron", cron: "0 7 * * MON" });
    expect(readSchedule(null)).toMatchObject({ how: "hand" });
    expect(writeSchedule(readSchedule(undefined))).toBeUndefined();
});
