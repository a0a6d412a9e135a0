// Whether what is shown is still true. `/v1/live` says which topics changed, never what: queries of that topic are asked anew.
//
// A browser opens six connections to a host, so one tab holds the stream for all: the one that holds the lock. It passes on
// what it hears; when it is closed, the next one gets the lock. Where there are no locks (plain HTTP), each tab has its own.
import { useSyncExternalStore } from "react";
import { sessionEnded } from "./session/identity";
import { askAnew } from "./anew";
import { queries } from "./queries";
import { type Counters, eventsIn, risen, TOPICS } from "./topics";

export type Live = { state: "off" | "connecting" | "connected" | "reconnecting"; heardAt: number | null };
type Passed = { kind: "ask" } | { kind: "told"; live: Live; counters: Counters | null };

/** The server writes a line every sixteen seconds; after this long without one the connection is gone. */
const SILENCE_MS = 40_000;
const AGAIN_MS = 2_000;

let live: Live = { state: "off", heardAt: null };
let counters: Counters | null = null;
const anew = askAnew(queries);
const listeners = new Set<() => void>();

function become(next: Live): void {
    live = next;
    for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
};

export const useLive = () => useSyncExternalStore(subscribe, () => live);

/** Asks the queries anew that the topics concern which have risen. */
function hear(next: Counters): void {
    const topics = counters === null ? [] : risen(counters, next);
    counters = next;
    const words = new Set(topics.flatMap((topic) => TOPICS[topic] ?? [topic]));
    if (words.size > 0) anew(({ queryKey }) => words.has(String(queryKey[0])));
}

/** Listens until the returned function is called. */
export function listen(): () => void {
    const ended = new AbortController();
    const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("campo.live") : null;
    let leads = false;
    const tell = () => channel?.postMessage({ kind: "told", live, counters } satisfies Passed);
    if (channel) {
        channel.onmessage = ({ data }: MessageEvent<Passed>) => {
            if (data.kind === "ask") {
                if (leads) tell();
                return;
            }
            if (leads) return;
            if (data.counters) hear(data.counters);
            become(data.live);
        };
        channel.postMessage({ kind: "ask" } satisfies Passed);
    }
    const hold = async () => {
        leads = true;
        await follow(ended.signal, tell);
    };
    become({ state: "connecting", heardAt: null });
    if (navigator.locks) {
        navigator.locks.request("campo.live", { signal: ended.signal }, hold).catch(() => {});
    } else {
        void hold();
    }
    return () => {
        ended.abort();
        channel?.close();
        counters = null;
        become({ state: "off", heardAt: null });
    };
}

/** Holds the stream, and comes again whenever it ends. */
async function follow(ended: AbortSignal, tell: () => void): Promise<void> {
    while (!ended.aborted) {
        try {
            await stream(ended, tell);
        } catch {
            // The bar says that it is gone; nothing else depends on it.
        }
        if (ended.aborted) return;
        become({ state: "reconnecting", heardAt: live.heardAt });
        tell();
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
}

async function stream(ended: AbortSignal, tell: () => void): Promise<void> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const response = await fetch("/v1/live", { headers: { Accept: "text/event-stream" }, signal: AbortSignal.any([ended, silence.signal]) });
    if (response.status === 401) sessionEnded();
    if (!response.ok || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        const read = eventsIn(rest + value);
        rest = read.rest;
        for (const event of read.events) hear(event);
        become({ state: "connected", heardAt: Date.now() });
        tell();
    }
}
