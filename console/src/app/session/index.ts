// Who works here, and what they may do. `asking` until the server answered; `ended` while the page is open keeps the page,
// so that nothing typed is lost, and asks for the password over it.
import { useSyncExternalStore } from "react";
import { type Schemas, answer, api } from "~/api/client";
import { Refusal } from "~/api/problem";
import { queries } from "../queries";
import { AS_BROWSER, onSessionEnded } from "./identity";

export type Who = Schemas["Who"];
export type Permission = Schemas["PermissionName"];
export type Session = { state: "asking" } | { state: "nobody" } | { state: "in"; who: Who } | { state: "ended"; who: Who };

let session: Session = { state: "asking" };
const listeners = new Set<() => void>();

function become(next: Session) {
    session = next;
    for (const listener of listeners) listener();
}

onSessionEnded(() => {
    if (session.state === "in") become({ state: "ended", who: session.who });
});

/** Asks the server once, when the page opens. */
export async function resume(): Promise<void> {
    try {
        become({ state: "in", who: await answer(api.GET("/v1/session")) });
    } catch (error) {
        // Whoever is not known signs in; where the server was not reached, the attempt to sign in says so.
        if (!(error instanceof Refusal)) throw error;
        become({ state: "nobody" });
    }
}

/** `account` is the code of the company, for those whose name and password open several. */
export async function signIn(login: string, password: string, account?: string): Promise<void> {
    const { token: _, expires_at: __, ...who } = await answer(api.POST("/v1/session", { body: { login, password, account, ...AS_BROWSER } }));
    const before = "who" in session ? session.who : undefined;
    const same = before?.id === who.id && before.account.id === who.account.id;
    if (!same) queries.clear();
    become({ state: "in", who });
    if (same) await queries.invalidateQueries();
}

/** Changes one's own password. That ends all sessions, and this page goes on with a new one. */
export async function changePassword(who: Who, current: string, password: string): Promise<void> {
    await answer(api.PUT("/v1/session/password", { body: { current, password } }));
    await signIn(who.login ?? "", password, who.account.code);
}

export async function signOut(): Promise<void> {
    try {
        await answer(api.DELETE("/v1/session"));
    } finally {
        queries.clear();
        become({ state: "nobody" });
    }
}

const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
};

export const currentSession = () => session;
export const useSession = () => useSyncExternalStore(subscribe, currentSession);

/** Inside the frame there is always somebody. */
export function useWho(): Who {
    const now = useSession();
    if (now.state !== "in" && now.state !== "ended") throw new Error("nobody is signed in");
    return now.who;
}

export function may(...anyOf: Permission[]): boolean {
    if (session.state !== "in" && session.state !== "ended") return false;
    const held = session.who.permissions;
    return anyOf.length === 0 || anyOf.some((permission) => held.includes(permission));
}

/** Whether one of these permissions is held; a button without it is not there. */
export function useMay(...anyOf: Permission[]): boolean {
    useSession();
    return may(...anyOf);
}
