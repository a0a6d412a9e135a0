import { expect, test } from "vitest";
import { eventsIn, risen } from "./topics";

test("events are read whole, whatever the pieces in which they arrive", () => {
    const whole = 'retry: 2000\n\n:\n\nevent: topics\ndata: {"entries":3}\n\nevent: other\ndata: {"x":1}\n\nevent: topics\ndata: nonsense\n\n';
    expect(eventsIn(whole)).toEqual({ events: [{ entries: 3 }], rest: "" });
    let rest = "";
    const events = [];
    for (const piece of [...whole]) {
        const read = eventsIn(rest + piece);
        rest = read.rest;
        events.push(...read.events);
    }
    expect(events).toEqual([{ entries: 3 }]);
});

test("a topic has changed when its counter is another one, after a restored backup too", () => {
    expect(risen({ a: 1, b: 2 }, { a: 1, b: 3, c: 1 })).toEqual(["b", "c"]);
    expect(risen({ a: 5 }, { a: 2 })).toEqual(["a"]);
});
