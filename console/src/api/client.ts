// The one way to the server: the OpenAPI document's types, the session's identity, and refusals as values of one kind.
import createClient, { type Middleware } from "openapi-fetch";
import { language } from "~/app/language";
import { sessionEnded } from "~/app/session/identity";
import { type Problem, Refusal, unreachable } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const session: Middleware = {
    onRequest: ({ request }) => {
        request.headers.set("Accept-Language", language());
        return request;
    },
    onResponse: ({ request, response }) => {
        if (response.status === 401 && !isSignIn(request)) sessionEnded();
        return response;
    },
};

const isSignIn = (request: Request) => request.method !== "GET" && new URL(request.url).pathname === "/v1/session";

export const api = createClient<paths>({ baseUrl: location.origin, querySerializer: { array: { style: "form", explode: true } } });
api.use(session);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What the server answered, or a `Refusal`. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
    const { data, error, response } = await reached(asked);
    if (!response.ok) throw new Refusal(problemOf(error, response));
    return data as T;
}

/** The same with the version that stands in `ETag` alone. */
export async function versioned<T>(asked: Promise<Answer<T>>): Promise<T & { version: number }> {
    const reply = reached(asked);
    const value = await answer(reply);
    return { ...value, version: Number((await reply).response.headers.get("ETag")?.replace(/\D/g, "") ?? 0) };
}

async function reached<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
    try {
        return await asked;
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw new Refusal(unreachable());
    }
}

function problemOf(error: unknown, response: Response): Problem {
    if (typeof error === "object" && error !== null && "code" in error && "detail" in error) return error as Problem;
    return { ...unreachable(), status: response.status };
}

/** For `If-Match`: what an edit was made from. */
export const ifMatch = (version: number) => ({ "If-Match": version as never });

/** One for each act a person does; a repetition of the same act keeps it. */
export const idempotencyKey = () => ({ "Idempotency-Key": randomId() });

/** Also where the page came over plain HTTP, on which `crypto.randomUUID` is missing. */
function randomId(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** All pages of a list, for what is known to be small. */
export async function everyPage<T>(page: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>): Promise<T[]> {
    const all: T[] = [];
    for (let after: string | undefined; ; ) {
        const { items, next } = await page(after);
        all.push(...items);
        if (!next) return all;
        after = next;
    }
}
